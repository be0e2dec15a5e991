package dev.graft.core.op;

import dev.graft.core.backend.Backend;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a backward rule works with. Only what {@link Op#saves} declared is there.
 *
 * @param backend runs the kernels
 * @param needs which input gradients are wanted
 * @param inputShapes shapes of all inputs, saved or not; null for one that is absent
 * @param inputs the saved inputs, null elsewhere
 * @param outputs the saved outputs, null elsewhere
 * @param scratch the scratch tensors, empty if not saved
 * @param temporaries allocated as {@link Op#backwardTemporaries} says, with unspecified contents
 * @param outputGradients gradient of the loss to each output; null where it depends on it in no
 *     way, or where the output has none, see {@link Op#differentiableOutput}
 * @param inputGradients allocated where needed, to be overwritten; null elsewhere
 * @param key key of the random numbers that forward was given
 */
public record Backward(
    Backend backend,
    Needs needs,
    List<@Nullable Shape> inputShapes,
    List<@Nullable Tensor> inputs,
    List<@Nullable Tensor> outputs,
    List<Tensor> scratch,
    List<Tensor> temporaries,
    List<@Nullable Tensor> outputGradients,
    List<@Nullable Tensor> inputGradients,
    long key) {

  /** The same call with other random numbers. */
  public Backward withKey(long key) {
    return new Backward(
        backend,
        needs,
        inputShapes,
        inputs,
        outputs,
        scratch,
        temporaries,
        outputGradients,
        inputGradients,
        key);
  }

  /** Temporary {@code i}, of the shape that was declared. */
  public Tensor temporary(int i) {
    return temporaries.get(i);
  }

  /** Saved input {@code i}. */
  public Tensor input(int i) {
    return Objects.requireNonNull(inputs.get(i), "an input that was not declared in saves");
  }

  /** Saved input {@code i}; null where it is absent. */
  public @Nullable Tensor optional(int i) {
    return i < inputShapes.size() && inputShapes.get(i) != null ? input(i) : null;
  }

  /** The first output, saved. */
  public Tensor output() {
    return Objects.requireNonNull(outputs.get(0), "an output that was not declared in saves");
  }

  /** The gradient of the first output, where no other has one. */
  public Tensor outputGradient() {
    return Objects.requireNonNull(outputGradients.get(0), "an output without a gradient");
  }

  /** The gradient of output {@code i}; null where the loss does not depend on it. */
  public @Nullable Tensor outputGradient(int i) {
    return i < outputGradients.size() ? outputGradients.get(i) : null;
  }

  /** Where to write the gradient of input {@code i}, which needs one. */
  public Tensor gradient(int i) {
    return Objects.requireNonNull(inputGradients.get(i), "a gradient that is not needed");
  }
}
