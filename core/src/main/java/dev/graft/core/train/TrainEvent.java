package dev.graft.core.train;

/** What a training run tells its listener. */
public sealed interface TrainEvent {

  /**
   * A piece of work of known length has begun: filling the feature cache, or a phase of training.
   *
   * @param name such as {@code features}, {@code head} or {@code all}
   * @param note one line for people: what is trained, at which rate
   * @param units number of units: pictures, or steps
   */
  record Started(String name, String note, int units) implements TrainEvent {}

  /**
   * Part of that work is done.
   *
   * @param name as in {@link Started}
   * @param done units done so far
   */
  record Progress(String name, int done) implements TrainEvent {}

  /**
   * An epoch has been trained and validated.
   *
   * @param phase name of the phase
   * @param epoch number over all phases, from 1
   * @param rate learning rate at its last step, before factors of groups
   * @param training over the epoch, while the weights changed
   * @param validation at its end
   * @param best whether it is the best epoch of the run so far: by the lowest validation loss, or
   *     by what was chosen instead
   * @param seconds it took
   */
  record Epoch(
      String phase,
      int epoch,
      double rate,
      Metrics training,
      Metrics validation,
      boolean best,
      double seconds)
      implements TrainEvent {}

  /**
   * Something was decided that changes how long the work takes.
   *
   * @param name of the work, as in {@link Started}
   * @param note one line for people: what, and why
   */
  record Noted(String name, String note) implements TrainEvent {}

  /**
   * That work has ended.
   *
   * @param name as in {@link Started}
   * @param reason one line for people: at which epoch and why
   */
  record Ended(String name, String reason) implements TrainEvent {}
}
