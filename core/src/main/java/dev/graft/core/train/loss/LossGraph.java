package dev.graft.core.train.loss;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.train.metric.Metric;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A network with a loss being put behind its outputs. Every method checks shapes at once. */
public final class LossGraph {

  private Graph network;
  private @Nullable String judged;
  private final Map<String, Shape> shapes;
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Objective.Measure> measures = new ArrayList<>();
  private final Map<String, String> flat = new HashMap<>();

  /**
   * @param example shape of each input for one example
   */
  LossGraph(Graph network, Map<String, Shape> example) {
    this.network = network;
    this.shapes = new HashMap<>(network.shapes(example));
  }

  /**
   * The output to judge: the network's only one, or the one that {@link #behind} was called for.
   *
   * @throws GraphException if there are several: give each a loss by {@link Joint}
   */
  public String output() {
    return judged == null ? network.output() : judged;
  }

  /**
   * Puts a loss behind one of several outputs; its targets and metrics get the output's name behind
   * their own.
   *
   * @return the value of that loss
   */
  public String behind(String output, Loss loss) {
    String before = judged;
    judged = output;
    String value = loss.behind(this);
    judged = before;
    return value;
  }

  private String own(String name) {
    return judged == null ? name : name + "." + judged;
  }

  /** The network's outputs. */
  public List<String> outputs() {
    return network.outputs();
  }

  /** The shape of a value for one example, {@code [1,…]}. */
  public Shape shape(String value) {
    Shape shape = shapes.get(value);
    if (shape == null) {
      throw new GraphException("no value is named " + value);
    }
    return shape;
  }

  /** The shape of a value for one example, without the batch axis. */
  public Shape item(String value) {
    int[] sizes = shape(value).toArray();
    if (sizes.length == 0) {
      throw new GraphException(value + " is a scalar; a loss expects a row for each example");
    }
    return Shape.of(Arrays.copyOfRange(sizes, 1, sizes.length));
  }

  /**
   * The logits of an output that tells classes apart: a final Softmax lets them through, and
   * positions of size one, as global pooling leaves them, are dropped.
   *
   * @return a value {@code [N,K]}, or {@code [N,K,…]} for an output with a class at every place
   */
  public String logits(String output) {
    letThrough(output, OutputMeaning.Kind.CLASSES);
    Shape shape = shape(output);
    boolean single = shape.rank() > 2 && shape.elements(2, shape.rank()) == 1;
    return single ? flat.computeIfAbsent(output, o -> add(new Flatten(1), o)) : output;
  }

  /** The logits of an output whose numbers are probabilities each: before a final Sigmoid. */
  public String logitsOfEach(String output) {
    letThrough(output, OutputMeaning.Kind.LABELS);
    return output;
  }

  /** Lets the logits through where the output is scores of that kind. */
  private void letThrough(String output, OutputMeaning.Kind kind) {
    OutputMeaning meaning = OutputMeaning.of(network, output);
    if (meaning.kind() == kind) {
      network = meaning.logits(network);
    }
  }

  /**
   * A target: a further input {@code [N, item…]}. Asked for again, it is the same.
   *
   * @return its name in the graph, which names the output too where there are several
   * @throws GraphException if it is there with another shape
   */
  public String target(String target, Shape item) {
    String name = own(target);
    int rows = shape(network.outputs().get(0)).size(0);
    Shape one = InputSpec.batched(name, item).bind(rows);
    Shape there = shapes.putIfAbsent(name, one);
    if (there == null) {
      inputs.add(InputSpec.batched(name, item));
    } else if (!there.equals(one)) {
      throw new GraphException(
          "the target "
              + name
              + " is asked for as "
              + item
              + " and as "
              + there
              + " of an example");
    }
    return name;
  }

  /**
   * The target of that name, which was asked for before.
   *
   * @throws GraphException if it was not
   */
  public String target(String target) {
    shape(own(target));
    return own(target);
  }

  /** Adds an operation without stored inputs; returns the name of its first output. */
  public String add(Op op, String... reads) {
    String name = Loss.VALUE + "." + nodes.size() + "." + op.type();
    return node(name, op, reads);
  }

  private String node(String name, Op op, String... reads) {
    try {
      shapes.put(name, op.outputShapes(Arrays.stream(reads).map(this::shape).toList()).get(0));
    } catch (ShapeException e) {
      throw e.at(name);
    }
    nodes.add(new Node(name, op, List.of(reads), List.of(name)));
    return name;
  }

  /**
   * Measures something beside the loss.
   *
   * @param prediction an output of the network, or a value of the loss
   * @param target from {@link #target}
   */
  public void measure(Metric metric, String prediction, String target) {
    measures.add(new Objective.Measure(own(metric.name()), metric, prediction, target));
  }

  /**
   * The network with what was added.
   *
   * @param value the loss
   * @throws GraphException if it is no scalar
   */
  Objective finish(String value) {
    if (shape(value).rank() != 0) {
      throw new GraphException("a loss is a scalar, found " + value + " " + shape(value));
    }
    Set<String> outputs = new LinkedHashSet<>(network.outputs());
    measures.forEach(measure -> outputs.add(measure.prediction()));
    outputs.add(Loss.VALUE);
    List<Node> named = nodes.stream().map(node -> renamed(node, value)).toList();
    return new Objective(network.extended(inputs, named, List.copyOf(outputs)), measures);
  }

  /** The node with {@code value} under the name by which everyone asks for a loss. */
  private static Node renamed(Node node, String value) {
    UnaryOperator<String> rename = name -> name.equals(value) ? Loss.VALUE : name;
    return new Node(
        node.name(),
        node.op(),
        node.inputs().stream().map(rename).toList(),
        node.outputs().stream().map(rename).toList());
  }
}
