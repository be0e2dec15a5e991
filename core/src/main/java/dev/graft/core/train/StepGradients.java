package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** The gradients of one step: tensors that are read only, times a factor. */
public final class StepGradients {

  private final Backend backend;
  private final Variables variables;
  private final Map<String, Tensor> slots;
  private final Map<String, Double> rates = new HashMap<>();
  private Map<String, Tensor> tensors;
  private double factor = 1;

  StepGradients(
      Backend backend,
      Variables variables,
      Map<String, Tensor> tensors,
      Map<String, Tensor> slots) {
    this.backend = backend;
    this.variables = variables;
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

  /** The parameter that a gradient is of, as it is now; to be read. */
  public Tensor weight(String name) {
    return variables.get(name);
  }

  /** Multiplies the learning rate of one parameter, in this step alone. */
  public void scaleRate(String name, double by) {
    rates.merge(name, by, (a, b) -> a * b);
  }

  /** What the learning rate of a parameter is multiplied by. */
  double rateFactor(String name) {
    return rates.getOrDefault(name, 1.0);
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
