package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The stored tensors of a graph in a device's memory: what training changes. Made as a copy of a
 * model's weights, which therefore never change.
 */
public final class Variables {

  private final Backend backend;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, int[]> versions = new HashMap<>();

  /** Held by the plans that read them, and gone with the last of those. */
  private final Map<PackedWeights.Key, WeakReference<PackedWeights>> packed = new HashMap<>();

  private final boolean readOnly;
  private volatile long total;

  /** Copies of the weights that {@code graph} stores, on {@code backend}. */
  public Variables(Backend backend, Graph graph, Weights weights) {
    this(backend, graph, weights, false);
  }

  private Variables(Backend backend, Graph graph, Weights weights, boolean readOnly) {
    this.backend = backend;
    this.readOnly = readOnly;
    for (String name : graph.stored().keySet()) {
      Tensor source = weights.get(name);
      tensors.put(name, readOnly ? source.lend(backend) : source.upload(backend));
      versions.put(name, new int[1]);
    }
  }

  /**
   * The weights themselves, where {@code backend} computes in host memory, else copies: for
   * inference, which changes none.
   */
  public static Variables readOnly(Backend backend, Graph graph, Weights weights) {
    return new Variables(backend, graph, weights, true);
  }

  /** What is packed under {@code key}; null if nothing is, or nobody holds it any more. */
  synchronized @Nullable PackedWeights packed(PackedWeights.Key key) {
    WeakReference<PackedWeights> known = packed.get(key);
    return known == null ? null : known.get();
  }

  /** What is packed under {@code key}, or else will be. */
  synchronized PackedWeights packed(PackedWeights.Key key, Supplier<PackedWeights> maker) {
    PackedWeights known = packed(key);
    if (known == null) {
      known = maker.get();
      packed.values().removeIf(other -> other.get() == null);
      packed.put(key, new WeakReference<>(known));
    }
    return known;
  }

  /**
   * The tensor of that name, to be read; {@link #update} is for who writes.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no variable is named " + name);
    }
    return tensor;
  }

  /**
   * The tensor of that name, which the caller is about to overwrite: what was derived from it (a
   * kernel's packed weights) is made anew before the next run.
   *
   * @throws IllegalArgumentException if there is none
   * @throws IllegalStateException if they are only to be read
   */
  public Tensor update(String name) {
    if (readOnly) {
      throw new IllegalStateException(
          "the weights of a model never change; " + name + " is not to be written");
    }
    Tensor tensor = get(name);
    versions.get(name)[0]++;
    total++;
    return tensor;
  }

  /** How often the tensor of that name was overwritten. */
  int version(String name) {
    return versions.get(name)[0];
  }

  /** How often any tensor was. */
  long version() {
    return total;
  }

  /** Overwrites the tensor of that name with {@code value}, which lives on the same backend. */
  void set(String name, Tensor value) {
    Tensor target = update(name);
    backend.copy(target.shape().elements(), value.buffer(), target.buffer());
  }

  /** Overwrites variables with host tensors of the same shapes; other names are ignored. */
  public void restore(Weights weights) {
    tensors.forEach(
        (name, tensor) -> {
          if (weights.contains(name)) {
            update(name);
            weights.get(name).uploadTo(backend, tensor.buffer());
          }
        });
  }

  /** Copies of the named variables in host memory. */
  public Weights snapshot(Collection<String> names) {
    Map<String, Tensor> copies = new LinkedHashMap<>();
    for (String name : names) {
      Tensor tensor = get(name);
      copies.put(name, Tensor.of(tensor.shape(), tensor.download(backend)));
    }
    return Weights.of(copies);
  }
}
