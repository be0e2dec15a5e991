package dev.graft.core.plan;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the trainable parameters: in which form each node runs, which gradients it has
 * to find, which nodes backward visits. The same rules as the tape's, before anything runs.
 */
final class Flow {

  /**
   * A node that runs.
   *
   * @param op in the form it runs in
   * @param needs which of its inputs lead back to something trainable
   * @param backward whether the loss depends on it and something trainable feeds it
   */
  record Visit(Node node, Op op, Needs needs, boolean backward) {

    /** What it keeps for backward. */
    Saves saves() {
      return backward ? op.saves(needs) : Saves.NOTHING;
    }
  }

  private final Graph graph;
  private final Map<String, Fact> facts;
  private final Set<String> kept;
  private final List<Visit> visits = new ArrayList<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<String, Visit> producers = new HashMap<>();
  private final Set<String> moving;

  /**
   * @param facts what is known of all values
   * @param trainable names of the parameters whose gradients are wanted
   * @param loss what is differentiated; null in inference
   */
  Flow(Graph graph, Map<String, Fact> facts, Set<String> trainable, @Nullable String loss) {
    this.graph = graph;
    this.facts = facts;
    this.moving = new HashSet<>(trainable);
    moving.retainAll(graph.stored().keySet());
    this.kept = new HashSet<>(graph.outputs());
    List<Visit> all = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Op op = loss != null && trains(node, trainable) ? node.op().inTraining() : node.op();
      boolean[] wanted = new boolean[node.inputs().size()];
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = loss != null && moving.contains(node.inputs().get(i)) && op.differentiable(i);
      }
      Needs needs = Needs.of(wanted);
      for (int i = 0; needs.any() && i < node.outputs().size(); i++) {
        if (op.differentiableOutput(i)) {
          moving.add(node.outputs().get(i));
        }
      }
      all.add(new Visit(node, op, needs, false));
    }
    Set<String> led = new HashSet<>();
    if (loss != null) {
      kept.add(loss);
      led.add(loss);
    }
    Set<String> read = new HashSet<>(kept);
    for (int i = all.size() - 1; i >= 0; i--) {
      visit(all.get(i), led, read);
    }
    Collections.reverse(visits);
  }

  /** Own parameters decide where a node has any; else whether it lies behind something trained. */
  private boolean trains(Node node, Set<String> trainable) {
    List<String> own = graph.parameters(node);
    return own.isEmpty()
        ? node.inputs().stream().anyMatch(moving::contains)
        : own.stream().anyMatch(trainable::contains);
  }

  private void visit(Visit visit, Set<String> led, Set<String> read) {
    Node node = visit.node();
    boolean isRead =
        !visit.op().stateUpdates().isEmpty() || node.outputs().stream().anyMatch(read::contains);
    if (!isRead || node.outputs().stream().allMatch(this::isKnown)) {
      return;
    }
    boolean backward = visit.needs().any() && isLed(visit, led);
    for (int i = 0; i < node.inputs().size(); i++) {
      String input = node.inputs().get(i);
      read.add(input);
      uses.merge(input, 1, Integer::sum);
      if (backward && visit.needs().of(i)) {
        led.add(input);
      }
    }
    Visit runs = new Visit(node, visit.op(), visit.needs(), backward);
    visits.add(runs);
    node.outputs().forEach(output -> producers.put(output, runs));
  }

  private static boolean isLed(Visit visit, Set<String> led) {
    List<String> outputs = visit.node().outputs();
    return IntStream.range(0, outputs.size())
        .anyMatch(i -> visit.op().differentiableOutput(i) && led.contains(outputs.get(i)));
  }

  /** The nodes that run, in order; those that nothing reads do not. */
  List<Visit> visits() {
    return visits;
  }

  /** The node that runs and computes {@code value}; null for inputs and stored tensors. */
  @Nullable Visit producer(String value) {
    return producers.get(value);
  }

  /** Whether a value is whole numbers that need not be computed any more. */
  boolean isKnown(String value) {
    Fact fact = facts.get(value);
    return fact != null && fact.isKnown();
  }

  Fact fact(String value) {
    Fact fact = facts.get(value);
    if (fact == null) {
      throw new IllegalArgumentException("no value is named " + value);
    }
    return fact;
  }

  Shape shape(String value) {
    return fact(value).shape();
  }

  /** The shapes of a node's inputs, null for one that is absent. */
  List<@Nullable Shape> inputShapes(Node node) {
    return Fact.shapes(inputs(node));
  }

  private List<@Nullable Fact> inputs(Node node) {
    return node.inputs().stream().<@Nullable Fact>map(facts::get).toList();
  }

  /** All that a node computes in the form it runs in, also what nothing reads. */
  List<Fact> outputs(Node node, Op op) {
    return op.infer(inputs(node));
  }

  boolean isStored(String value) {
    return graph.stored().containsKey(value);
  }

  /** Whether {@code value} is read once, and by a node: nobody else would miss it. */
  boolean isIntermediate(String value) {
    return uses.getOrDefault(value, 0) == 1 && !kept.contains(value);
  }

  /** Number of nodes that backward visits. */
  int backwardSteps() {
    return (int) visits.stream().filter(Visit::backward).count();
  }

  /**
   * Bytes of activations and scratch that are kept for backward; no leaves, nothing twice.
   *
   * @param recomputed values that are computed again instead
   */
  long savedBytes(Set<String> recomputed) {
    Set<String> saved = new HashSet<>();
    long bytes = 0;
    for (Visit visit : visits) {
      Saves saves = visit.saves();
      Node node = visit.node();
      saved.addAll(at(saves.inputs(), node.inputs()));
      saved.addAll(at(saves.outputs(), node.outputs()));
      if (saves.scratch()) {
        for (Shape shape : visit.op().scratchShapes(inputShapes(node), visit.needs())) {
          bytes += (long) Float.BYTES * shape.elements();
        }
      }
    }
    saved.removeAll(recomputed);
    for (String value : saved) {
      if (graph.producer(value) != null && fact(value).isFloat()) {
        bytes += (long) Float.BYTES * shape(value).elements();
      }
    }
    return bytes;
  }

  /** Those of some positions that are there. */
  private static List<String> at(Set<Integer> positions, List<String> values) {
    return IntStream.range(0, values.size())
        .filter(positions::contains)
        .mapToObj(values::get)
        .filter(value -> !value.isEmpty())
        .toList();
  }
}
