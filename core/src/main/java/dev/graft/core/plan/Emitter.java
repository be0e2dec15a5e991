package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes down the steps of a pass in the tape's order: forward, then each node's backward rule from
 * the last to the first, gradients of one value summed as they come.
 */
final class Emitter {

  private final Backend backend;
  private final Flow flow;
  private final Fusion fusion;
  private final boolean training;
  private final Map<String, Slot> slots = new HashMap<>();
  private final Map<String, List<Slot>> scratch = new HashMap<>();
  private final Map<String, Slot> recomputed = new HashMap<>();
  private final Map<String, Slot> gradients = new HashMap<>();
  private final Map<String, Slot> newState = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<PackedKernel> packed = new ArrayList<>();

  /**
   * @param leaves a slot for each input and stored tensor
   */
  Emitter(Backend backend, Flow flow, Map<String, Slot> leaves, boolean training) {
    this.backend = backend;
    this.flow = flow;
    this.fusion = new Fusion(flow);
    this.training = training;
    slots.putAll(leaves);
  }

  List<Step> steps() {
    return steps;
  }

  List<PackedKernel> packed() {
    return packed;
  }

  Slot slot(String value) {
    Slot slot =
        flow.isKnown(value)
            ? slots.computeIfAbsent(value, v -> Slot.whole(flow.fact(v)))
            : slots.get(value);
    if (slot == null) {
      throw new IllegalArgumentException("no value is named " + value);
    }
    return slot;
  }

  /** Those of a node's inputs; null for one that is absent. */
  private List<@Nullable Slot> slots(List<String> values) {
    return values.stream().<@Nullable Slot>map(v -> v.isEmpty() ? null : slot(v)).toList();
  }

  /** The gradient that backward leaves for {@code value}; null for none. */
  @Nullable Slot gradient(String value) {
    return gradients.get(value);
  }

  /** The values that backward computes again. */
  Set<String> recomputed() {
    return recomputed.keySet();
  }

  private static List<Slot> fresh(List<Shape> shapes) {
    return shapes.stream().map(Slot::of).toList();
  }

  // ---- forward ---------------------------------------------------------------------------------

  void forward() {
    for (Flow.Visit visit : flow.visits()) {
      Fusion.Group group = fusion.of(visit);
      Fusion.Normalization pair = fusion.normalization(visit);
      if (group != null) {
        if (visit == group.last()) {
          prepared(group);
        }
      } else if (pair != null) {
        if (visit == pair.activation()) {
          normalization(pair);
        }
      } else {
        forward(visit);
      }
    }
  }

  private void forward(Flow.Visit visit) {
    Node node = visit.node();
    Op op = visit.op();
    List<@Nullable Shape> shapes = flow.inputShapes(node);
    List<@Nullable Slot> inputs = slots(node.inputs());
    if (op.isView() && flow.fact(node.output()).isFloat()) {
      slots.put(node.output(), inputs.get(0).view(flow.shape(node.output())));
      return;
    }
    List<Fact> results = flow.outputs(node, op);
    if (!results.stream().allMatch(Fact::isFloat)) {
      List<Slot> whole = results.stream().map(Slot::whole).toList();
      steps.add(new HostStep(op, inputs, whole));
      ran(node, op, whole, List.of());
      return;
    }
    List<Slot> outputs = fresh(Fact.shapes(results));
    List<Slot> kept = fresh(op.scratchShapes(shapes, visit.needs()));
    List<Slot> temporaries = fresh(op.forwardTemporaries(shapes));
    String random = training ? node.name() : null;
    steps.add(new ForwardStep(op, random, inputs, outputs, kept, temporaries));
    ran(node, op, outputs, kept);
  }

  private void ran(Node node, Op op, List<Slot> outputs, List<Slot> kept) {
    scratch.put(node.name(), kept);
    for (int i = 0; i < node.outputs().size(); i++) {
      slots.put(node.outputs().get(i), outputs.get(i));
    }
    op.stateUpdates().forEach((o, i) -> newState.put(node.inputs().get(i), outputs.get(o)));
  }

  /** What the first output holds is the activation's; the normalisation's own is nowhere. */
  private void normalization(Fusion.Normalization pair) {
    Node node = pair.norm().node();
    Op op = pair.norm().op();
    List<@Nullable Shape> shapes = flow.inputShapes(node);
    List<@Nullable Slot> inputs = slots(node.inputs());
    List<Slot> outputs = fresh(Fact.shapes(flow.outputs(node, op)));
    List<Slot> kept = fresh(op.scratchShapes(shapes, pair.norm().needs()));
    steps.add(step(pair, inputs, outputs, kept, false));
    ran(node, op, outputs, kept);
    slots.put(pair.activation().node().output(), outputs.get(0));
  }

  private Step step(
      Fusion.Normalization pair,
      List<@Nullable Slot> inputs,
      List<Slot> outputs,
      List<Slot> kept,
      boolean again) {
    return new NormalizationStep(
        (BatchNormalization) pair.norm().op(),
        (Elementwise) pair.activation().op(),
        inputs,
        outputs,
        kept,
        fresh(pair.norm().op().forwardTemporaries(flow.inputShapes(pair.norm().node()))),
        again);
  }

  private void prepared(Fusion.Group group) {
    PackedKernel kernel = PackedKernel.of(backend, flow, group);
    packed.add(kernel);
    Slot bias = group.biasName() == null ? null : slot(group.biasName());
    if (group.norm() != null) {
      bias = Slot.folded(kernel, Shape.of(kernel.channels()));
    }
    String output = group.last().node().output();
    Slot y = Slot.of(flow.shape(output));
    slots.put(output, y);
    List<String> inputs = group.first().node().inputs();
    steps.add(
        new KernelStep(
            kernel.kernel(),
            slot(inputs.get(0)),
            kernel.readsInPlace() ? slot(inputs.get(1)) : null,
            bias,
            group.residualName() == null ? null : slot(group.residualName()),
            y));
  }

  void read(List<String> outputs) {
    steps.add(new ReadStep(outputs.stream().map(this::slot).toList()));
  }

  // ---- backward --------------------------------------------------------------------------------

  void backward(String loss) {
    Slot one = Slot.of(flow.shape(loss));
    steps.add(new FillStep(1, one));
    gradients.put(loss, one);
    for (int i = flow.visits().size() - 1; i >= 0; i--) {
      Flow.Visit visit = flow.visits().get(i);
      if (visit.backward()) {
        backward(visit, outputGradients(visit));
      }
    }
  }

  /** What backward has found for each output by now; null for none. */
  private List<@Nullable Slot> outputGradients(Flow.Visit visit) {
    List<@Nullable Slot> found = new ArrayList<>();
    for (int i = 0; i < visit.node().outputs().size(); i++) {
      String output = visit.node().outputs().get(i);
      found.add(visit.op().differentiableOutput(i) ? gradients.remove(output) : null);
    }
    return found;
  }

  private void backward(Flow.Visit visit, List<@Nullable Slot> outputGradients) {
    Node node = visit.node();
    Op op = visit.op();
    List<@Nullable Shape> shapes = flow.inputShapes(node);
    Slot first = outputGradients.get(0);
    List<@Nullable Slot> found = new ArrayList<>();
    List<@Nullable Slot> computed = new ArrayList<>();
    boolean[] wanted = new boolean[shapes.size()];
    for (int i = 0; i < shapes.size(); i++) {
      Shape shape = shapes.get(i);
      boolean needed = visit.needs().of(i);
      boolean passed =
          needed
              && first != null
              && (op.isView() || op.passesGradient(i) && shape.elements() == first.elements());
      wanted[i] = needed && !passed;
      computed.add(wanted[i] ? Slot.of(shape) : null);
      found.add(passed ? first.view(shape) : computed.get(i));
    }
    Needs needs = Needs.of(wanted);
    if (needs.any()) {
      Saves saves = visit.saves();
      steps.add(
          new BackwardStep(
              op,
              node.name(),
              needs,
              shapes,
              saved(node.inputs(), saves.inputs()),
              saved(node.outputs(), saves.outputs()),
              saves.scratch() ? scratch.getOrDefault(node.name(), List.of()) : List.of(),
              fresh(op.backwardTemporaries(shapes, needs)),
              outputGradients,
              computed));
    }
    for (int i = 0; i < found.size(); i++) {
      Slot gradient = found.get(i);
      if (gradient != null) {
        gradients.merge(node.inputs().get(i), gradient, this::sum);
      }
    }
  }

  private Slot sum(Slot a, Slot b) {
    Slot sum = Slot.of(a.shape());
    steps.add(new SumStep(a, b, sum));
    return sum;
  }

  private List<@Nullable Slot> saved(List<String> values, Set<Integer> positions) {
    List<@Nullable Slot> saved = new ArrayList<>(Collections.nCopies(values.size(), null));
    for (int i = 0; i < values.size(); i++) {
      if (positions.contains(i) && !values.get(i).isEmpty()) {
        saved.set(i, kept(values.get(i)));
      }
    }
    return saved;
  }

  /** A value for backward: as forward left it, or computed again, once for all that read it. */
  private Slot kept(String value) {
    Flow.Visit producer = flow.producer(value);
    if (producer == null || !recomputes(producer, value)) {
      return slot(value);
    }
    Slot again = recomputed.get(value);
    if (again == null) {
      again = recompute(producer);
      recomputed.put(value, again);
    }
    return again;
  }

  /** Whether a value is cheap to have from what is kept anyway. */
  private boolean recomputes(Flow.Visit producer, String value) {
    if (!producer.op().isCheap()
        || fusion.of(producer) != null
        || !value.equals(producer.node().output())) {
      return false;
    }
    String input = producer.node().inputs().get(0);
    Flow.Visit before = flow.producer(input);
    return producer.saves().inputs().contains(0) || (before != null && recomputes(before, input));
  }

  private Slot recompute(Flow.Visit visit) {
    Fusion.Normalization pair = fusion.normalization(visit);
    boolean isPair = pair != null && visit == pair.activation();
    Node node = isPair ? pair.norm().node() : visit.node();
    Op op = isPair ? pair.norm().op() : visit.op();
    List<@Nullable Shape> shapes = flow.inputShapes(node);
    List<@Nullable Slot> inputs = new ArrayList<>();
    for (String input : node.inputs()) {
      inputs.add(input.isEmpty() ? null : kept(input));
    }
    Slot output = Slot.of(flow.shape(node.output()));
    List<Slot> kept = scratch.getOrDefault(node.name(), List.of());
    steps.add(
        isPair
            ? step(pair, inputs, List.of(output), kept, true)
            : new RecomputeStep(op, inputs, output, kept, fresh(op.forwardTemporaries(shapes))));
    return output;
  }

  /** Running statistics change at the very end, where nothing reads the old ones any more. */
  void store() {
    newState.forEach((variable, value) -> steps.add(new StoreStep(value, variable)));
  }
}
