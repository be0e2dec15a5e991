package dev.graft.core.transfer.surgery;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Max;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.reduction.ReduceSum;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One vector for a text: the mean of its tokens' states, filling left out (Reimers and Gurevych
 * 2019, Sentence-BERT).
 */
public final class TokenPooling {

  private static final String PREFIX = "graft.pooling";

  private TokenPooling() {}

  /**
   * A model that ends in {@code sum_l mask[n,l] states[n,l,:] / max(1, sum_l mask[n,l])}.
   *
   * @param states an output {@code [N,L,H]}; the others are dropped
   * @param mask the input {@code [N,L]} that is 1 for a token and 0 for filling
   * @return with one output {@code [N,H]}; the given model is not changed
   */
  public static Model mean(Model model, String states, String mask) {
    List<Node> nodes = new ArrayList<>();
    String least = PREFIX + ".least";
    String floats = add(nodes, "mask", new Cast(), mask);
    String column = add(nodes, "column", new Unsqueeze(List.of(2)), floats);
    String kept = add(nodes, "kept", new Mul(), states, column);
    String sum = add(nodes, "sum", new ReduceSum(List.of(1), false), kept);
    String tokens = add(nodes, "tokens", new ReduceSum(List.of(1), true), floats);
    String divisor = add(nodes, "divisor", new Max(), tokens, least);
    String mean = add(nodes, "mean", new Div(), sum, divisor);
    var weights = model.weights().with(Map.of(least, Tensor.of(Shape.SCALAR, 1)));
    Graph graph = model.graph();
    List<Node> all = new ArrayList<>(graph.nodes());
    all.addAll(nodes);
    Graph pooled = new Graph(graph.inputs(), Model.shapesOf(weights), all, List.of(mean));
    return new Model(pooled.ending(List.of(mean)), weights, model.metadata().withHead(null));
  }

  private static String add(List<Node> nodes, String name, Op op, String... inputs) {
    String full = PREFIX + "." + name;
    nodes.add(new Node(full, op, List.of(inputs), List.of(full)));
    return full;
  }
}
