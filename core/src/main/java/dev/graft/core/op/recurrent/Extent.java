package dev.graft.core.op.recurrent;

import dev.graft.core.tensor.Shape;

/**
 * The sizes of one call of a recurrent layer.
 *
 * @param steps T, time steps
 * @param samples N
 * @param features I, of each step
 * @param hidden H, units
 * @param ways D, directions
 */
record Extent(int steps, int samples, int features, int hidden, int ways) {

  static Extent of(Recurrent layer, Shape x) {
    return new Extent(x.size(0), x.size(1), x.size(2), layer.hidden(), layer.direction().count());
  }

  /** Elements of one state of all samples. */
  int state() {
    return samples * hidden;
  }

  /** Elements of a state after every step. */
  int sequence() {
    return steps * state();
  }

  /** Shape of {@code count} sequences of states for each direction. */
  Shape sequences(int count) {
    return Shape.of(ways, count, steps, samples, hidden);
  }

  /** Shape of one such sequence alone. */
  Shape oneSequence() {
    return Shape.of(steps, samples, hidden);
  }

  /** Shape of one state. */
  Shape oneState() {
    return Shape.of(samples, hidden);
  }
}
