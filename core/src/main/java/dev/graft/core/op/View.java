package dev.graft.core.op;

import dev.graft.core.backend.Buffer;
import dev.graft.core.tensor.Fact;
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

  @Override
  default boolean movesElements() {
    return isView();
  }

  @Override
  default int sampleAxis(List<Fact> inputs, List<Integer> axes) {
    int axis = Samples.inFirstOnly(axes);
    return isView() && axis >= 0
        ? Samples.sameOrder(inputs.get(0).shape(), axis, infer(inputs).get(0).shape())
        : Samples.MIXED;
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
