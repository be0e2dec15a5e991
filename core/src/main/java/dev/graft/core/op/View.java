package dev.graft.core.op;

/**
 * What all operations share that only rename the axes of the same elements: no arithmetic, nothing
 * saved, storage shared in both directions.
 */
interface View extends Op {

  @Override
  default boolean isView() {
    return true;
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
