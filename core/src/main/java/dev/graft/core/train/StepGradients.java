package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The gradients of one step: tensors that are read only, times a factor. */
public final class StepGradients {

  private final Backend backend;
  private final Map<String, Tensor> slots;
  private Map<String, Tensor> tensors;
  private double factor = 1;

  StepGradients(Backend backend, Map<String, Tensor> tensors, Map<String, Tensor> slots) {
    this.backend = backend;
    this.tensors = tensors;
    this.slots = slots;
  }

  /** Where the tensors are. */
  public Backend backend() {
    return backend;
  }

  /** By parameter name; valid until the next step. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** What the tensors are multiplied by. */
  public double factor() {
    return factor;
  }

  /** Multiplies all gradients. */
  public void scale(double by) {
    factor *= by;
  }

  /** Takes other tensors in place of these, with a factor of 1. */
  public void replace(Map<String, Tensor> other) {
    tensors = new LinkedHashMap<>(other);
    factor = 1;
  }

  /**
   * Memory that lasts from step to step, zeros at first, and is saved with the run.
   *
   * @param name unique among all transforms
   */
  public Tensor slot(String name, Shape shape) {
    return slots.computeIfAbsent(name, k -> Tensor.zeros(shape).upload(backend));
  }
}
