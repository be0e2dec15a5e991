package dev.graft.core.plan;

import dev.graft.core.autograd.Gradients;
import dev.graft.core.autograd.Tape;
import dev.graft.core.autograd.Value;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a graph node by node on a {@link Tape}: the readable oracle that {@link PlanExecutor} is
 * held against. Everything about freezing follows from the set of trainable parameters: a node runs
 * in its training form only where it is trained itself (BatchNormalization) or lies behind
 * something trained (Dropout); the tape records only what leads from a trainable parameter.
 */
public final class EagerExecutor implements Executor {

  private final Graph graph;
  private final Variables variables;
  private final Backend backend;
  private final Set<String> trainable;
  private final Map<String, Integer> lastUse = new HashMap<>();
  private int backwardSteps;
  private long savedBytes;

  /**
   * @param variables the stored tensors of {@code graph}, on {@code backend}; shared, and changed
   *     by {@link #step}
   * @param trainable names of the parameters whose gradients are wanted
   */
  public EagerExecutor(Graph graph, Variables variables, Backend backend, Set<String> trainable) {
    this.graph = graph;
    this.variables = variables;
    this.backend = backend;
    this.trainable = Set.copyOf(trainable);
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      for (String input : nodes.get(i).inputs()) {
        lastUse.put(input, i);
      }
    }
    // Outputs are read after the last node.
    graph.outputs().forEach(output -> lastUse.put(output, nodes.size()));
  }

  @Override
  public Map<String, Tensor> predict(Map<String, Tensor> inputs) {
    Run run = new Run(new Tape(backend), inputs, Set.of());
    for (int i = 0; i < graph.nodes().size(); i++) {
      run.apply(i, graph.nodes().get(i).op(), 0);
    }
    return run.outputs();
  }

  @Override
  public Step step(Map<String, Tensor> inputs, String loss, long key) {
    Tape tape = new Tape(backend);
    Run run = new Run(tape, inputs, trainable);
    Map<String, Value> newState = new LinkedHashMap<>();
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      Op op = trains(node, run) ? node.op().inTraining() : node.op();
      List<Value> results = run.apply(i, op, Rng.key(key, node.name()));
      op.stateUpdates()
          .forEach((output, input) -> newState.put(node.inputs().get(input), results.get(output)));
    }
    Map<String, Tensor> outputs = run.outputs();
    backwardSteps = tape.backwardSteps();
    savedBytes = tape.savedBytes();
    Gradients gradients = tape.backward(run.value(loss));
    Map<String, Tensor> byName = new LinkedHashMap<>();
    for (String name : trainable) {
      Value leaf = run.leaves.get(name);
      Tensor gradient = leaf == null ? null : gradients.of(leaf);
      if (gradient != null) {
        byName.put(name, gradient);
      }
    }
    newState.forEach((name, value) -> variables.set(name, value.tensor()));
    return new Step(outputs, byName);
  }

  /** Own parameters decide where a node has any; else whether it lies behind something trained. */
  private boolean trains(Node node, Run run) {
    List<String> own = graph.parameters(node);
    return own.isEmpty()
        ? node.given().stream().anyMatch(i -> run.value(i).needsGradient())
        : own.stream().anyMatch(trainable::contains);
  }

  @Override
  public int backwardSteps() {
    return backwardSteps;
  }

  @Override
  public long savedBytes() {
    return savedBytes;
  }

  /** The values of one pass; each is forgotten behind its last use. */
  private final class Run {
    private final Tape tape;
    private final Map<String, Value> values = new HashMap<>();
    private final Map<String, Value> leaves = new HashMap<>();

    Run(Tape tape, Map<String, Tensor> inputs, Set<String> trainable) {
      this.tape = tape;
      for (InputSpec input : graph.inputs()) {
        Tensor fed = inputs.get(input.name());
        if (fed == null) {
          throw new ShapeException("input " + input.name() + " " + input + " was not given");
        }
        input.check(fed);
        values.put(input.name(), tape.constant(fed.upload(backend)));
      }
      for (String name : graph.stored().keySet()) {
        Tensor tensor = variables.get(name);
        Value leaf = trainable.contains(name) ? tape.parameter(tensor) : tape.constant(tensor);
        leaves.put(name, leaf);
        values.put(name, leaf);
      }
    }

    Value value(String name) {
      Value value = values.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no value is named " + name);
      }
      return value;
    }

    /** The inputs of a node, null for one that is absent. */
    private List<@Nullable Value> read(Node node) {
      return node.inputs().stream()
          .<@Nullable Value>map(input -> input.isEmpty() ? null : value(input))
          .toList();
    }

    List<Value> apply(int index, Op op, long key) {
      Node node = graph.nodes().get(index);
      List<Value> results;
      try {
        results = tape.apply(op, key, read(node));
      } catch (ShapeException e) {
        throw e.at(node.name());
      }
      for (int i = 0; i < node.outputs().size(); i++) {
        values.put(node.outputs().get(i), results.get(i));
      }
      for (String name : new HashSet<>(node.inputs())) {
        if (lastUse.get(name) == index) {
          values.remove(name);
        }
      }
      node.outputs().stream().filter(o -> !lastUse.containsKey(o)).forEach(values::remove);
      return results;
    }

    Map<String, Tensor> outputs() {
      Map<String, Tensor> outputs = new LinkedHashMap<>();
      for (String name : graph.outputs()) {
        outputs.put(name, value(name).tensor().toHost(backend));
      }
      return outputs;
    }
  }
}
