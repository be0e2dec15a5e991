package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.op.Forward;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From the slots of a plan to real tensors: in the variables, in the arena, beside a kernel. */
final class Binding {

  private final Backend backend;
  private final Variables variables;
  private final Arena arena;
  private final Outputs outputs;
  private final Map<Slot, Tensor> tensors = new IdentityHashMap<>();

  /**
   * @param plan its kernels are packed
   * @param reusesOutputs whether the outputs are always read into the same arrays
   */
  Binding(Plan plan, Backend backend, Variables variables, Arena arena, boolean reusesOutputs) {
    this.backend = backend;
    this.variables = variables;
    this.arena = arena;
    List<Tensor> read = plan.outputs().values().stream().map(this::tensor).toList();
    this.outputs = new Outputs(backend, List.copyOf(plan.outputs().keySet()), read, reusesOutputs);
  }

  Backend backend() {
    return backend;
  }

  Variables variables() {
    return variables;
  }

  Outputs outputs() {
    return outputs;
  }

  Tensor tensor(Slot slot) {
    return tensors.computeIfAbsent(slot, this::made);
  }

  private Tensor made(Slot slot) {
    Fact whole = slot.whole();
    if (whole == null) {
      return new Tensor(slot.shape(), buffer(slot));
    }
    return whole.isKnown()
        ? whole.tensor()
        : Tensor.whole(whole.type(), whole.shape(), new long[whole.shape().elements()]);
  }

  /** One for each slot, null for null. */
  List<@Nullable Tensor> tensors(List<? extends @Nullable Slot> slots) {
    List<@Nullable Tensor> list = new ArrayList<>(slots.size());
    for (Slot slot : slots) {
      list.add(slot == null ? null : tensor(slot));
    }
    return Collections.unmodifiableList(list);
  }

  /** The call of a forward rule, with key 0. */
  Forward forward(
      List<@Nullable Slot> inputs, List<Slot> outputs, List<Slot> scratch, List<Slot> temporaries) {
    return new Forward(
        backend, tensors(inputs), tensors(outputs), tensors(scratch), tensors(temporaries), 0);
  }

  private Buffer buffer(Slot slot) {
    String variable = slot.variable();
    if (variable != null) {
      return variables.get(variable).buffer();
    }
    PackedKernel folded = slot.folded();
    return folded != null
        ? Objects.requireNonNull(folded.foldedBias(), "a kernel that is not packed")
        : arena.slice(slot.chunk(), slot.offset(), slot.elements());
  }
}
