package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.HostIntegers;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A plan on real memory: everything that a pass needs is made here, once. */
final class BoundPlan {

  private final Plan plan;
  private final Backend backend;
  private final Step.Action[] actions;
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Outputs outputs;
  private final Executor.Step step;

  /**
   * @param reusesOutputs whether every run overwrites the outputs of the one before; a training
   *     step always does
   */
  BoundPlan(Plan plan, Backend backend, Variables variables, Arena arena, boolean reusesOutputs) {
    this.plan = plan;
    this.backend = backend;
    Binding binding =
        new Binding(plan, backend, variables, arena, plan.isTraining() || reusesOutputs);
    this.outputs = binding.outputs();
    plan.inputs().forEach((name, slot) -> inputs.put(name, binding.tensor(slot)));
    this.actions =
        plan.stepList().stream().map(step -> step.bind(binding)).toArray(Step.Action[]::new);
    Map<String, Tensor> byName = new LinkedHashMap<>();
    plan.gradients().forEach((name, slot) -> byName.put(name, binding.tensor(slot)));
    this.step = new Executor.Step(outputs.values(), Collections.unmodifiableMap(byName));
  }

  Plan plan() {
    return plan;
  }

  /** Whether it was compiled for inputs of these shapes and this loss. */
  boolean fits(Map<String, Tensor> fed, @Nullable String loss) {
    if (!Objects.equals(loss, plan.loss())) {
      return false;
    }
    for (Map.Entry<String, Slot> input : plan.inputs().entrySet()) {
      Tensor tensor = fed.get(input.getKey());
      Slot slot = input.getValue();
      if (tensor == null
          || !tensor.shape().equals(slot.shape())
          || (slot.whole() == null ? ElementType.FLOAT32 : slot.whole().type()) != tensor.type()) {
        return false;
      }
    }
    return true;
  }

  void run(Map<String, Tensor> fed, long key) {
    feed(fed);
    for (Step.Action action : actions) {
      action.run(key);
    }
  }

  private void feed(Map<String, Tensor> fed) {
    for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
      Tensor tensor = fed.get(input.getKey());
      int elements = tensor.shape().elements();
      if (tensor.buffer() instanceof HostIntegers from) {
        HostIntegers to = input.getValue().integers();
        System.arraycopy(from.array(), from.offset(), to.array(), to.offset(), elements);
      } else {
        HostBuffer host = tensor.host();
        backend.upload(host.array(), host.offset(), elements, input.getValue().buffer());
      }
    }
  }

  /**
   * One pass, step by step; what runs apart from the caller is waited for after each.
   *
   * @param nanos what each step took; lowered where this pass was faster
   * @return what the pass took
   */
  long time(Map<String, Tensor> fed, long[] nanos) {
    long start = System.nanoTime();
    feed(fed);
    backend.finish();
    for (int i = 0; i < actions.length; i++) {
      long before = System.nanoTime();
      actions[i].run(0);
      backend.finish();
      nanos[i] = Math.min(nanos[i], System.nanoTime() - before);
    }
    return System.nanoTime() - start;
  }

  Map<String, Tensor> outputs() {
    return outputs.values();
  }

  /** What a training step yields: the same tensors every time. */
  Executor.Step step() {
    return step;
  }
}
