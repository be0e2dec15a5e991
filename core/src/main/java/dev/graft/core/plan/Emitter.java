package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BlockedKernels;
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
import java.util.Objects;
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
  private final Layouts layouts;
  private final @Nullable BlockedKernels blocks;
  private final Map<String, Slot> slots = new HashMap<>();

  /** Values in blocks of channels; some of them are among the slots as well, planar. */
  private final Map<String, Slot> inBlocks = new HashMap<>();

  private final Map<String, List<Slot>> scratch = new HashMap<>();
  private final Map<String, Slot> recomputed = new HashMap<>();
  private final Map<String, Slot> gradients = new HashMap<>();
  private final Map<String, Slot> newState = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<StepNote> notes = new ArrayList<>();
  private final List<PackedKernel> packed = new ArrayList<>();

  /**
   * @param leaves a slot for each input and stored tensor
   */
  Emitter(Backend backend, Flow flow, Map<String, Slot> leaves, boolean training) {
    this.backend = backend;
    this.flow = flow;
    this.fusion = new Fusion(flow);
    this.training = training;
    this.layouts = new Layouts(backend, flow, fusion, training);
    this.blocks = backend.blocked();
    slots.putAll(leaves);
  }

  List<Step> steps() {
    return steps;
  }

  /** What each of the steps is. */
  List<StepNote> notes() {
    return notes;
  }

  private void add(Step step, String layer, String work, long multiplyAdds) {
    steps.add(step);
    notes.add(new StepNote(layer, work, multiplyAdds));
  }

  private void add(Step step, Node node) {
    add(step, node.name(), node.op().type(), multiplyAdds(node));
  }

  private long multiplyAdds(Node node) {
    return node.op().multiplyAdds(flow.inputShapes(node));
  }

  List<PackedKernel> packed() {
    return packed;
  }

  /** A value, planar: put into that order just now where it lies in blocks only. */
  Slot slot(String value) {
    Slot slot =
        flow.isKnown(value)
            ? slots.computeIfAbsent(value, v -> Slot.whole(flow.fact(v)))
            : slots.get(value);
    Slot blocked = inBlocks.get(value);
    if (slot == null && blocked != null) {
      slot = Slot.of(blocked.shape());
      add(blockedSteps().toPlanes(blocked, slot), value, "to planes", 0);
      slots.put(value, slot);
    }
    if (slot == null) {
      throw new IllegalArgumentException("no value is named " + value);
    }
    return slot;
  }

  /** An image in blocks of channels: put into them just now where it is planar only. */
  private Slot blocked(String value) {
    Slot blocked = inBlocks.get(value);
    if (blocked == null) {
      Slot planar = slot(value);
      blocked = freshBlocked(value);
      add(blockedSteps().toBlocks(planar, blocked), value, "to blocks", 0);
      inBlocks.put(value, blocked);
    }
    return blocked;
  }

  private Slot freshBlocked(String value) {
    return Slot.blocked(flow.shape(value), blockedKernels().lanes());
  }

  private BlockedKernels blockedKernels() {
    return Objects.requireNonNull(blocks, "a backend with kernels on blocks");
  }

  private BlockedSteps blockedSteps() {
    return new BlockedSteps(backend, blockedKernels());
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
          if (layouts.isBlocked(visit)) {
            blocked(group);
          } else {
            prepared(group);
          }
        }
      } else if (pair != null) {
        if (visit == pair.activation()) {
          normalization(pair);
        }
      } else if (layouts.isBlocked(visit)) {
        blocked(visit);
      } else {
        forward(visit);
      }
    }
  }

  private void blocked(Flow.Visit visit) {
    Node node = visit.node();
    List<Slot> inputs =
        node.inputs().stream()
            .map(value -> layouts.readsBlocks(visit, value) ? blocked(value) : slot(value))
            .toList();
    String output = node.output();
    if (visit.op().isView()) {
      inBlocks.put(output, inputs.get(0));
      return;
    }
    Slot y = layouts.writesBlocks(visit) ? freshBlocked(output) : Slot.of(flow.shape(output));
    add(blockedSteps().of(visit.op(), inputs, y), node);
    (layouts.writesBlocks(visit) ? inBlocks : slots).put(output, y);
  }

  private void blocked(Fusion.Group group) {
    String input = group.first().node().inputs().get(0);
    boolean planar = layouts.readsEither(group.last()) && !inBlocks.containsKey(input);
    PackedKernel kernel = PackedKernel.of(backend, flow, group, blockedKernels(), planar);
    Slot x = planar ? slot(input) : blocked(input);
    String residual = group.residualName();
    String output = group.last().node().output();
    Slot y = freshBlocked(output);
    add(group, kernel, x, residual == null ? null : blocked(residual), y);
    inBlocks.put(output, y);
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
      add(new HostStep(op, inputs, whole), node);
      ran(node, op, whole, List.of());
      return;
    }
    List<Slot> outputs = fresh(Fact.shapes(results));
    List<Slot> kept = fresh(op.scratchShapes(shapes, visit.needs()));
    List<Slot> temporaries = fresh(op.forwardTemporaries(shapes));
    String random = training ? node.name() : null;
    add(new ForwardStep(op, random, inputs, outputs, kept, temporaries), node);
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
    add(step(pair, inputs, outputs, kept, false), node);
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
    PackedKernel kernel = PackedKernel.of(backend, flow, group, null, false);
    String output = group.last().node().output();
    String residual = group.residualName();
    Slot x = slot(group.first().node().inputs().get(0));
    Slot y = Slot.of(flow.shape(output));
    add(group, kernel, x, residual == null ? null : slot(residual), y);
    slots.put(output, y);
  }

  private void add(
      Fusion.Group group, PackedKernel kernel, Slot x, @Nullable Slot residual, Slot y) {
    packed.add(kernel);
    Slot bias = group.biasName() == null ? null : slot(group.biasName());
    if (group.norm() != null) {
      bias = Slot.folded(kernel, Shape.of(kernel.channels()));
    }
    Slot weights = kernel.readsInPlace() ? slot(group.first().node().inputs().get(1)) : null;
    add(
        new KernelStep(kernel.kernel(), x, weights, bias, residual, y),
        group.last().node().name(),
        group.work(),
        multiplyAdds(group.first().node()));
  }

  void read(List<String> outputs) {
    add(new ReadStep(outputs.stream().map(this::slot).toList()), "", "outputs", 0);
  }

  // ---- backward --------------------------------------------------------------------------------

  void backward(String loss) {
    Slot one = Slot.of(flow.shape(loss));
    add(new FillStep(1, one), "", "loss gradient", 0);
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
      add(
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
              computed),
          node.name(),
          "backward " + op.type(),
          needs.of(0) && needs.of(1) ? 2 * multiplyAdds(node) : multiplyAdds(node));
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
    add(new SumStep(a, b, sum), "", "sum of gradients", 0);
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
    add(
        isPair
            ? step(pair, inputs, List.of(output), kept, true)
            : new RecomputeStep(op, inputs, output, kept, fresh(op.forwardTemporaries(shapes))),
        node.name(),
        op.type() + " again",
        0);
    return output;
  }

  /** Running statistics change at the very end, where nothing reads the old ones any more. */
  void store() {
    newState.forEach((variable, value) -> add(new StoreStep(value, variable), "", variable, 0));
  }
}
