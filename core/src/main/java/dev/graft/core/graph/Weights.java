package dev.graft.core.graph;

import dev.graft.core.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The stored tensors of a model by name, in host memory. Immutable as a map; surgery makes a new
 * one that shares the tensors it leaves alone. Its tensors are sealed: nobody who gets one can
 * write into it, and who made it does so no more.
 */
public final class Weights {

  private final Map<String, Tensor> tensors;

  private Weights(Map<String, Tensor> tensors) {
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /** Of these host tensors, in their order. */
  public static Weights of(Map<String, Tensor> tensors) {
    Map<String, Tensor> sealed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> sealed.put(name, tensor.sealed()));
    return new Weights(sealed);
  }

  /** The names, in order. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /** Whether a tensor of that name is stored. */
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  /**
   * The tensor stored under {@code name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no weight is named " + name);
    }
    return tensor;
  }

  /** A copy with the given tensors added or replaced. */
  public Weights with(Map<String, Tensor> changed) {
    Map<String, Tensor> merged = new LinkedHashMap<>(tensors);
    merged.putAll(changed);
    return of(merged);
  }

  /** A copy with only the tensors of these names. */
  public Weights only(Set<String> names) {
    Map<String, Tensor> kept = new LinkedHashMap<>(tensors);
    kept.keySet().retainAll(names);
    return of(kept);
  }

  /** All tensors by name. */
  public Map<String, Tensor> asMap() {
    return tensors;
  }
}
