package dev.graft.core.op;

import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * What all operations share that only rename the axes of the same elements: no arithmetic, nothing
 * saved, storage shared in both directions.
 */
interface View extends Op {

  @Override
  default boolean isView() {
    return true;
  }

  /** Elements keep their order, so samples of the same number are the same samples. */
  @Override
  default boolean isSamplewise(List<Shape> inputs, boolean[] batched) {
    Shape x = inputs.get(0);
    Shape y = outputShapes(inputs).get(0);
    return isView()
        && Samples.inFirstOnly(batched)
        && x.rank() > 0
        && y.rank() > 0
        && x.size(0) == y.size(0);
  }

  @Override
  default Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  @Override
  default void forward(Forward call) {
    Broadcasting.copy(
        call.backend(),
        call.output().shape().elements(),
        call.input(0).buffer(),
        call.output().buffer());
  }

  @Override
  default void backward(Backward call) {
    Broadcasting.copy(
        call.backend(),
        call.outputGradient().shape().elements(),
        call.outputGradient().buffer(),
        call.gradient(0).buffer());
  }
}
