package dev.graft.core.op;

import dev.graft.core.backend.Buffer;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * What all operations share that only rename the axes of the same elements: no arithmetic, nothing
 * saved, storage shared in both directions.
 */
public interface View extends Op {

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
    Buffer y = call.output().buffer();
    call.backend().copy(call.output().shape().elements(), call.input(0).buffer(), y);
  }

  @Override
  default void backward(Backward call) {
    Buffer dy = call.outputGradient().buffer();
    call.backend().copy(call.outputGradient().shape().elements(), dy, call.gradient(0).buffer());
  }
}
