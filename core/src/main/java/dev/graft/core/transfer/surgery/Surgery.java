package dev.graft.core.transfer.surgery;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Operations on a whole network. Each returns a new Model that shares the weights it keeps. */
public final class Surgery {

  private Surgery() {}

  /**
   * Chops off the head and grafts a new one for other classes: the last layer gets fresh weights
   * (normal, deviation 0.01) and biases of zero. What bends, normalises, scales, shifts or selects
   * the old layer's units goes with it, since logits must be free; pooling, views and a final
   * Softmax stay.
   *
   * @param labels what its outputs stand for, at least one
   * @param seed of the new weights
   * @throws GraphException if the head cannot be told or is not a layer that can be replaced
   */
  public static Model replaceHead(Model model, List<String> labels, long seed) {
    return new HeadSurgery(model, labels, seed).replaced();
  }

  /**
   * Puts a new head behind the output, which becomes its features: the mean of each map, if it is
   * maps, and a linear layer (normal weights of deviation 0.01, biases of zero).
   *
   * @param labels what its outputs stand for, at least one
   * @param seed of the new weights
   * @throws GraphException if there are several outputs
   */
  public static Model appendHead(Model model, List<String> labels, long seed) {
    return new HeadSurgery(model, labels, seed).appended();
  }

  /**
   * Cuts the network off at a value, which becomes its output: a feature extractor. Labels go with
   * the head.
   *
   * @param value name of the value, or of a node whose first output is meant
   * @throws GraphException if there is no such value
   */
  public static Model cut(Model model, String value) {
    Graph graph = model.graph();
    String output =
        graph.producer(value) != null
            ? value
            : graph.nodes().stream()
                .filter(n -> n.name().equals(value))
                .findFirst()
                .map(Node::output)
                .orElseThrow(() -> new GraphException("no value or node is named " + value));
    Graph cut = graph.ending(List.of(output));
    return new Model(cut, model.weights(), model.metadata().withLabels(List.of()).withHead(null));
  }

  /**
   * The network up to its {@code count}-th layer with parameters, and what follows it without any,
   * such as its activation and a pooling: a feature extractor. Where a connection skips over the
   * cut, the model has an output for each value that crosses it.
   *
   * @param count in the order of the graph, at least 1
   * @throws GraphException if there are not so many layers, or a value at the cut mixes the samples
   *     of a batch
   */
  public static Model firstLayers(Model model, int count) {
    Graph graph = model.graph();
    expectLayers(graph, count);
    if (count == graph.parametricNodes().size()) {
      return model;
    }
    Graph first = split(graph, count).prefix();
    return new Model(first, model.weights(), model.metadata().withLabels(List.of()).withHead(null));
  }

  /**
   * The other part: the network from its {@code count}-th layer with parameters from the end on.
   * Its inputs are the values that cross the cut, under their names; the preprocessing goes with
   * the picture that it was for.
   *
   * @param count in the order of the graph, at least 1
   * @throws GraphException as {@link #firstLayers}
   */
  public static Model lastLayers(Model model, int count) {
    Graph graph = model.graph();
    expectLayers(graph, count);
    int layers = graph.parametricNodes().size();
    if (count == layers) {
      return model;
    }
    Graph last = split(graph, layers - count).rest();
    return new Model(last, model.weights(), model.metadata().withPreprocessing(null));
  }

  private static void expectLayers(Graph graph, int count) {
    int layers = graph.parametricNodes().size();
    if (count < 1 || count > layers) {
      throw new GraphException(
          "the network has "
              + layers
              + " layers with parameters; expected 1 to "
              + layers
              + " of them, found "
              + count);
    }
  }

  /** Behind the first {@code count} layers and all that depends on no later one. */
  private static FrozenPrefix split(Graph graph, int count) {
    List<Node> layers = graph.parametricNodes();
    Set<String> later = new HashSet<>();
    layers.subList(count, layers.size()).forEach(node -> later.addAll(graph.parameters(node)));
    FrozenPrefix split = FrozenPrefix.of(graph, later);
    if (split.prefix().parametricNodes().size() != count) {
      throw new GraphException(
          "the network cannot be cut behind "
              + layers.get(count - 1).name()
              + ": it shares weights with a later layer, or a value there mixes the samples of a"
              + " batch; cut it elsewhere");
    }
    return split;
  }

  /**
   * Adapts the layers that read the picture to another number of channels. A picture whose channels
   * are the old ones repeated gives what it gave: for one channel the old weights are added up; for
   * more than before they are repeated and scaled by old / new (as timm does, so that activations
   * keep their size). The preprocessing goes with the old channels.
   *
   * @param channels at least 1
   * @throws GraphException if the model has several inputs or none {@code [N,C,H,W]}, or something
   *     else than ungrouped convolutions reads it
   */
  public static Model inputChannels(Model model, int channels) {
    Graph graph = model.graph();
    InputSpec input = graph.input();
    if (channels < 1 || input.shape().rank() != 4) {
      throw new GraphException(
          "input "
              + input.name()
              + ": expected [N,C,H,W] and at least 1 new channel, found "
              + input
              + " and "
              + channels);
    }
    Map<String, Tensor> adapted = new LinkedHashMap<>();
    for (Node node : graph.consumers(input.name())) {
      if (!(node.op() instanceof Conv conv) || conv.groups() != 1) {
        throw new GraphException(
            node.name()
                + " ("
                + node.op().type()
                + ") reads the picture; only ungrouped convolutions can be adapted to "
                + channels
                + " channels");
      }
      String weight = node.inputs().get(1);
      expectUntied(graph, weight, node);
      adapted.put(weight, withChannels(model.weights().get(weight), channels));
    }
    Shape shape = input.shape().with(1, channels);
    Weights weights = model.weights().with(adapted);
    Graph changed =
        new Graph(
            List.of(new InputSpec(input.name(), input.type(), shape)),
            Model.shapesOf(weights),
            graph.nodes(),
            graph.outputs());
    return new Model(changed, weights, model.metadata().withPreprocessing(null));
  }

  private static void expectUntied(Graph graph, String weight, Node layer) {
    if (graph.consumers(weight).size() > 1) {
      throw new GraphException(
          layer.name() + ": the weight " + weight + " is shared with other layers");
    }
  }

  /** Weights {@code [O,C,kH,kW]} for another C. */
  private static Tensor withChannels(Tensor old, int channels) {
    Shape shape = old.shape();
    int before = shape.size(1);
    int window = shape.elements(2, shape.rank());
    float[] from = old.toArray();
    float[] to = new float[shape.size(0) * channels * window];
    for (int i = 0; i < to.length; i++) {
      int k = i % window;
      int c = i / window % channels;
      int filter = i / window / channels * before;
      if (channels == 1) {
        for (int each = 0; each < before; each++) {
          to[i] += from[(filter + each) * window + k];
        }
      } else {
        to[i] = from[(filter + c % before) * window + k] * before / channels;
      }
    }
    return Tensor.of(shape.with(1, channels), to);
  }

  /**
   * The same architecture at another width, with new weights: a student for its teacher. Every
   * layer but the head has {@code share} of its units.
   *
   * @param share in (0, 1]
   * @param seed of the weights
   * @throws GraphException if the network has no head that can be told, or something in it does not
   *     go with another width
   */
  public static Model narrowed(Model model, double share, long seed) {
    if (!(share > 0 && share <= 1)) {
      throw new GraphException("expected a share of the width in (0, 1], found " + share);
    }
    return new Narrowing(model, share, seed).narrowed();
  }

  /**
   * Draws every parameter anew and resets running statistics: the same network from scratch. What
   * each starts from is for {@link Op#initializer the operation that reads it} to say.
   */
  public static Model reinitialize(Model model, long seed) {
    Graph graph = model.graph();
    Map<String, Tensor> fresh = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        String name = node.inputs().get(i);
        Shape shape = graph.stored().get(name);
        if (shape != null && graph.role(node, i) != Role.CONSTANT) {
          Initializer initializer = node.op().initializer(i, shape);
          fresh.put(name, initializer.draw(shape, Rng.key(seed, name)));
        }
      }
    }
    return model.with(model.weights().with(fresh));
  }
}
