package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a graph for given input shapes: which steps run, in which memory. Works with sizes
 * alone; nothing is allocated and nothing runs.
 *
 * <ol>
 *   <li>{@link Flow}: what the trainable parameters imply for each node;
 *   <li>{@link Fusion}: which nodes run as one kernel;
 *   <li>{@link Emitter}: the steps, forward and backward;
 *   <li>lifetimes, and storage shared in place;
 *   <li>{@link Placement}: a place for what is left.
 * </ol>
 */
public final class Planner {

  private Planner() {}

  /**
   * Compiles a forward pass.
   *
   * @param inputs shape of every input
   * @throws ShapeException naming the layer, if shapes do not fit or have 2^31 elements or more
   */
  public static Plan inference(Graph graph, Backend backend, Map<String, Shape> inputs) {
    return compile(graph, backend, inputs, Set.of(), null);
  }

  /**
   * Compiles a training step.
   *
   * @param inputs shape of every input
   * @param trainable names of the parameters whose gradients are wanted
   * @param loss name of the value to differentiate, a scalar
   * @throws ShapeException as {@link #inference}, and if the loss is not a scalar
   */
  public static Plan training(
      Graph graph, Backend backend, Map<String, Shape> inputs, Set<String> trainable, String loss) {
    return compile(graph, backend, inputs, trainable, loss);
  }

  static Plan compile(
      Graph graph,
      Backend backend,
      Map<String, Shape> inputs,
      Set<String> trainable,
      @Nullable String loss) {
    Map<String, Fact> facts = graph.facts(inputs);
    Flow flow = new Flow(graph, facts, trainable, loss);
    if (loss != null && flow.shape(loss).elements() != 1) {
      throw new ShapeException(
          "backward starts from a scalar loss, found " + flow.shape(loss) + " at " + loss);
    }
    Map<String, Slot> fed = new LinkedHashMap<>();
    for (InputSpec input : graph.inputs()) {
      Fact fact = facts.get(input.name());
      fed.put(input.name(), fact.isFloat() ? Slot.of(fact.shape()) : Slot.whole(fact));
    }
    Map<String, Slot> leaves = new HashMap<>(fed);
    graph.stored().forEach((name, shape) -> leaves.put(name, Slot.variable(name, shape)));
    Emitter emitter = new Emitter(backend, flow, leaves, loss != null);
    emitter.forward();
    emitter.read(graph.outputs());
    Map<String, Slot> gradients = new LinkedHashMap<>();
    if (loss != null) {
      emitter.backward(loss);
      for (String name : trainable) {
        Slot gradient = emitter.gradient(name);
        if (gradient != null) {
          gradients.put(name, gradient);
        }
      }
      emitter.store();
    }
    Map<String, Slot> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(name -> outputs.put(name, emitter.slot(name)));
    List<Step> steps = emitter.steps();
    List<Slot> roots = lifetimes(steps, fed.values(), gradients.values());
    return new Plan(
        loss,
        fed,
        outputs,
        gradients,
        steps,
        emitter.notes(),
        emitter.packed(),
        chunks(roots, emitter.packed(), backend),
        backend.elementBytes(),
        flow.backwardSteps(),
        flow.savedBytes(emitter.recomputed()));
  }

  /** Notes who lives when, lets slots share in place, and returns the roots to be placed. */
  private static List<Slot> lifetimes(
      List<Step> steps, Iterable<Slot> inputs, Iterable<Slot> gradients) {
    Set<Slot> all = Collections.newSetFromMap(new IdentityHashMap<>());
    inputs.forEach(
        slot -> {
          slot.touch(0);
          all.add(slot);
        });
    for (int i = 0; i < steps.size(); i++) {
      for (List<Slot> touched : List.of(steps.get(i).reads(), steps.get(i).writes())) {
        for (Slot slot : touched) {
          slot.touch(i);
          all.add(slot);
        }
      }
    }
    gradients.forEach(slot -> slot.touch(steps.size()));
    for (int i = 0; i < steps.size(); i++) {
      shareInPlace(steps.get(i), i);
    }
    Set<Slot> roots = new HashSet<>();
    List<Slot> placed = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      for (List<Slot> touched : List.of(steps.get(i).reads(), steps.get(i).writes())) {
        for (Slot slot : touched) {
          if (slot.isPlaced() && roots.add(slot.root())) {
            placed.add(slot.root());
          }
        }
      }
    }
    for (Slot input : inputs) {
      if (input.isPlaced() && roots.add(input.root())) {
        placed.add(input.root());
      }
    }
    return placed;
  }

  private static void shareInPlace(Step step, int index) {
    Set<Slot> taken = new HashSet<>();
    for (Step.Overwrite overwrite : step.overwrites()) {
      Slot written = overwrite.written();
      Slot read = overwrite.read();
      boolean possible =
          read.isPlaced()
              && written.root() != read.root()
              && written.first() == index
              && read.last() == index
              && written.elements() == read.elements();
      if (possible && taken.add(read.root()) && taken.add(written.root())) {
        written.overwrite(read);
      }
    }
  }

  /** Elements of each chunk; the first also serves to fold weights in, before a pass begins. */
  private static int[] chunks(List<Slot> roots, List<PackedKernel> packed, Backend backend) {
    int[] sizes = Placement.of(roots, backend.maxAllocation());
    long workspace = packed.stream().mapToLong(PackedKernel::workspace).max().orElse(0);
    if (workspace == 0) {
      return sizes;
    }
    int[] chunks = sizes.length == 0 ? new int[1] : sizes;
    chunks[0] = (int) Math.max(chunks[0], workspace);
    return chunks;
  }
}
