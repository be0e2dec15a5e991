package dev.graft.core.train;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Distillation;
import dev.graft.core.op.MeanSquaredError;
import dev.graft.core.op.Op;
import dev.graft.core.op.SoftmaxCrossEntropy;
import dev.graft.core.op.WeightedSum;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * What training minimises. A loss is a piece of graph like any other: {@link #attach} puts it
 * behind a network.
 */
public sealed interface Loss {

  /** Input of the targets, {@code [N,K]} for K outputs. */
  String TARGET = "graft.target";

  /** Input of the teacher's logits, {@code [N,K]}; only where there is a teacher. */
  String TEACHER = "graft.teacher";

  /** Output that holds the loss, a scalar. */
  String VALUE = "graft.loss";

  /** Adds this loss's nodes behind the value {@code prediction}; returns the loss's name. */
  String build(String prediction, Shape item, List<InputSpec> inputs, List<Node> nodes);

  /**
   * {@code graph} with this loss behind its output: the final Softmax lets the logits through, the
   * targets are a further input, and the outputs are the logits (under their old name) and {@link
   * #VALUE}.
   *
   * @throws dev.graft.core.graph.GraphException if the graph has several outputs
   */
  default Graph attach(Graph graph) {
    Graph open = this instanceof SquaredError ? graph : Head.logits(graph);
    String output = open.output();
    List<InputSpec> inputs = new ArrayList<>();
    List<Node> nodes = new ArrayList<>();
    Shape item = open.shapes(1).get(output);
    build(output, item, inputs, nodes);
    return open.extended(inputs, nodes, List.of(output, VALUE));
  }

  /**
   * Softmax cross-entropy with the classes, see {@link SoftmaxCrossEntropy}.
   *
   * @param smoothing label smoothing, in [0, 1)
   */
  record CrossEntropy(double smoothing) implements Loss {
    @Override
    public String build(String logits, Shape item, List<InputSpec> inputs, List<Node> nodes) {
      inputs.add(Parts.input(TARGET, item));
      return Parts.add(nodes, VALUE, new SoftmaxCrossEntropy(smoothing), logits, TARGET);
    }
  }

  /** Mean squared error of the output itself, see {@link MeanSquaredError}: for regression. */
  record SquaredError() implements Loss {
    @Override
    public String build(String output, Shape item, List<InputSpec> inputs, List<Node> nodes) {
      inputs.add(Parts.input(TARGET, item));
      return Parts.add(nodes, VALUE, new MeanSquaredError(), output, TARGET);
    }
  }

  /**
   * {@code alpha T^2 KL(teacher || student at temperature T) + (1 - alpha) cross-entropy with the
   * classes} (Hinton, Vinyals, Dean, 2015).
   *
   * @param temperature T, above 0
   * @param alpha weight of the teacher, in [0, 1]
   * @param smoothing label smoothing, in [0, 1)
   */
  record Distilled(double temperature, double alpha, double smoothing) implements Loss {

    /**
     * @throws IllegalArgumentException if alpha is not in [0, 1]
     */
    public Distilled {
      if (!(alpha >= 0 && alpha <= 1)) {
        throw new IllegalArgumentException("alpha must be in [0, 1], found " + alpha);
      }
    }

    @Override
    public String build(String logits, Shape item, List<InputSpec> inputs, List<Node> nodes) {
      inputs.add(Parts.input(TARGET, item));
      inputs.add(Parts.input(TEACHER, item));
      String soft =
          Parts.add(nodes, VALUE + ".soft", new Distillation(temperature), logits, TEACHER);
      String hard =
          Parts.add(nodes, VALUE + ".hard", new SoftmaxCrossEntropy(smoothing), logits, TARGET);
      return Parts.add(nodes, VALUE, new WeightedSum(List.of(alpha, 1 - alpha)), soft, hard);
    }
  }

  /** The small steps the losses share. */
  final class Parts {
    private Parts() {}

    private static InputSpec input(String name, Shape item) {
      List<Integer> sizes = new ArrayList<>();
      sizes.add(InputSpec.DYNAMIC);
      for (int axis = 1; axis < item.rank(); axis++) {
        sizes.add(item.size(axis));
      }
      return new InputSpec(name, sizes);
    }

    private static String add(List<Node> nodes, String name, Op op, String... inputs) {
      nodes.add(new Node(name, op, List.of(inputs), List.of(name)));
      return name;
    }
  }
}
