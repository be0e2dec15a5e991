package dev.graft.core.train.loss;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.OutputMeaning;
import dev.graft.core.op.Op;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.tensor.Fact;
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
  private final Map<String, Fact> facts;
  private final List<InputSpec> inputs = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<Objective.Measure> measures = new ArrayList<>();
  private final Map<String, String> flat = new HashMap<>();

  LossGraph(Graph network) {
    this.network = network;
    this.facts = new HashMap<>(network.facts());
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

  /**
   * The shape of a value, {@code [N,…]}, as far as it can be told before anything is fed.
   *
   * @throws GraphException if nothing can be told, or there is no such value
   */
  public Shape shape(String value) {
    return fact(value).shape();
  }

  private Fact fact(String value) {
    Fact fact = facts.get(value);
    if (fact == null) {
      throw new GraphException(
          "no value is named " + value + ", or its shape cannot be told while sizes are open");
    }
    return fact;
  }

  /** The shape of a value for one example, without the batch axis. */
  public Shape item(String value) {
    Shape shape = shape(value);
    if (shape.rank() == 0) {
      throw new GraphException(value + " is a scalar; a loss expects a row for each example");
    }
    return shape.axes(1, shape.rank());
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
    boolean single = shape.rank() > 2 && shape.product(2, shape.rank()).is(1);
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
    InputSpec input = InputSpec.batched(name, item);
    Fact there = facts.putIfAbsent(name, input.fact());
    if (there == null) {
      inputs.add(input);
    } else if (!there.shape().fits(input.shape())) {
      throw new GraphException(
          "the target "
              + name
              + " is asked for as "
              + item
              + " and as "
              + there.shape()
              + " of a batch");
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
      facts.put(name, op.infer(Arrays.stream(reads).map(this::fact).toList()).get(0));
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
