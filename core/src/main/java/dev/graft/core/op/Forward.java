package dev.graft.core.op;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a forward rule works with.
 *
 * @param backend runs the kernels
 * @param inputs read only; null for one that is absent
 * @param outputs allocated, to be overwritten
 * @param scratch allocated as {@link Op#scratchShapes} says, to be overwritten
 * @param temporaries allocated as {@link Op#forwardTemporaries} says, with unspecified contents
 * @param key key of the random numbers of this operation in this step
 */
public record Forward(
    Backend backend,
    List<@Nullable Tensor> inputs,
    List<Tensor> outputs,
    List<Tensor> scratch,
    List<Tensor> temporaries,
    long key) {

  /** The same call with other random numbers. */
  public Forward withKey(long key) {
    return new Forward(backend, inputs, outputs, scratch, temporaries, key);
  }

  /** Whether input {@code i} is there. */
  public boolean has(int i) {
    return i < inputs.size() && inputs.get(i) != null;
  }

  /** Input {@code i}; null where it is absent. */
  public @Nullable Tensor optional(int i) {
    return i < inputs.size() ? inputs.get(i) : null;
  }

  /** Input {@code i}, which is there. */
  public Tensor input(int i) {
    return Objects.requireNonNull(inputs.get(i), "an input that is absent");
  }

  /** Temporary {@code i}, of the shape that was declared. */
  public Tensor temporary(int i) {
    return temporaries.get(i);
  }

  /** Output {@code i}. */
  public Tensor output(int i) {
    return outputs.get(i);
  }

  /** The first output. */
  public Tensor output() {
    return outputs.get(0);
  }
}
