package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.plan.Memory;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the gradients of a phase: the transforms that they pass, the optimizer's updates,
 * and the memory in which both happen.
 */
final class Updates {

  private final Backend backend;
  private final Variables variables;
  private final Phase phase;
  private final List<GradientTransform> transforms;
  private final Map<String, Tensor> slots = new LinkedHashMap<>();
  private @Nullable Tensor scratch;

  /**
   * @param transforms of all phases, behind the phase's own
   */
  Updates(Backend backend, Variables variables, Phase phase, List<GradientTransform> transforms) {
    this.backend = backend;
    this.variables = variables;
    this.phase = phase;
    this.transforms = new ArrayList<>(phase.transforms());
    this.transforms.addAll(transforms);
  }

  /**
   * Takes the memory before the first step, and what a run that was stopped had in it.
   *
   * @param at where the run was stopped; null where the phase begins
   * @throws dev.graft.core.plan.MemoryException if it cannot be had
   */
  void begin(Set<String> trainable, RunState.@Nullable Within at) {
    Optimizer optimizer = phase.optimizer();
    Map<String, Tensor> weights = new LinkedHashMap<>();
    trainable.forEach(name -> weights.put(name, variables.get(name)));
    IntSummaryStatistics sizes =
        weights.values().stream().mapToInt(w -> w.shape().elements()).summaryStatistics();
    int scaled = transforms.isEmpty() ? 0 : sizes.getMax();
    int copies =
        optimizer.tensorsPerParameter()
            + transforms.stream().mapToInt(GradientTransform::tensorsPerParameter).sum();
    long elements = sizes.getSum() * copies + scaled;
    Memory.take(
        backend,
        elements * backend.elementBytes(),
        "the optimizer of phase " + phase.name(),
        "freeze more layers, or take one that keeps less, as SGD does",
        () -> {
          if (at != null) {
            optimizer.restore(backend, at.optimizer());
            at.slots().forEach((name, slot) -> slots.put(name, slot.upload(backend)));
          }
          optimizer.begin(backend, weights);
          scratch = scaled == 0 ? null : Tensor.allocate(backend, Shape.of(scaled));
        });
  }

  /** Passes a step's gradients on, and updates the weights where no transform holds them back. */
  void apply(Map<String, Tensor> found, double rate) {
    StepGradients gradients = new StepGradients(backend, variables, found, slots);
    for (GradientTransform transform : transforms) {
      if (!transform.apply(gradients)) {
        return;
      }
    }
    phase.optimizer().nextStep();
    for (ParamGroup group : phase.groups()) {
      update(group, gradients, rate);
    }
    transforms.forEach(transform -> transform.updated(gradients, variables));
  }

  private void update(ParamGroup group, StepGradients gradients, double rate) {
    for (String name : group.parameters()) {
      Tensor gradient = scaled(gradients.tensors().get(name), gradients.factor());
      if (gradient != null) {
        phase
            .optimizer()
            .update(
                backend,
                name,
                variables.update(name),
                gradient,
                rate * group.rateFactor() * gradients.rateFactor(name),
                group.weightDecay());
      }
    }
  }

  /** A gradient times a factor, in memory that the next one takes over. */
  private @Nullable Tensor scaled(@Nullable Tensor gradient, double factor) {
    if (gradient == null || factor == 1) {
      return gradient;
    }
    Tensor to = Objects.requireNonNull(scratch, "only a transform scales");
    int n = gradient.shape().elements();
    backend.unary(UnaryOp.AFFINE, factor, 0, n, gradient.buffer(), to.buffer());
    return new Tensor(gradient.shape(), to.buffer());
  }

  /** Copies of what the transforms remember. */
  Map<String, Tensor> remembered() {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    slots.forEach(
        (name, slot) -> copies.put(name, Tensor.of(slot.shape(), slot.download(backend))));
    return copies;
  }
}
