package dev.graft.core.op;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.recurrent.Activation;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Lstm;
import java.util.ArrayList;
import java.util.List;

/** Cases of layers that go through a sequence. */
final class RecurrentCases {

  private static final Activation HARD = new Activation(UnaryOp.HARD_SIGMOID, 0.2, 0.5);
  private static final Activation SOFTSIGN = new Activation(UnaryOp.SOFTSIGN, 0, 0);
  private static final Activation LINEAR = new Activation(UnaryOp.AFFINE, 0.7, 0.1);

  private RecurrentCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      Op op = Lstm.of(2, direction);
      int ways = direction.count();
      OpCase plain = OpCase.of("LSTM " + direction, op);
      cases.add(sequence(plain, 3, 2, ways, 8).with(ways, 16));
    }
    OpCase both = OpCase.of("LSTM states", Lstm.of(2, Direction.BIDIRECTIONAL));
    cases.add(sequence(both, 2, 2, 2, 8).without().without().with(2, 2, 2).with(2, 2, 2));
    OpCase cell = OpCase.of("LSTM cell alone", Lstm.of(2, Direction.REVERSE));
    cases.add(sequence(cell, 2, 1, 1, 8).without().without().without().with(1, 1, 2));
    cases.add(sequence(OpCase.of("LSTM one step", Lstm.of(2, Direction.FORWARD)), 1, 2, 1, 8));
    cases.add(sequence(OpCase.of("LSTM no steps", Lstm.of(2, Direction.REVERSE)), 0, 2, 1, 8));
    cases.add(sequence(OpCase.of("LSTM no samples", Lstm.of(2, Direction.FORWARD)), 2, 0, 1, 8));
    cases.add(
        sequence(
                OpCase.of("LSTM hard", lstm(Double.POSITIVE_INFINITY, HARD, SOFTSIGN, LINEAR)),
                3,
                2,
                1,
                8)
            .with(1, 16));
    cases.add(
        sequence(OpCase.of("LSTM clipped", lstm(0.4, HARD, LINEAR, SOFTSIGN)), 3, 2, 1, 8)
            .with(1, 16));
    return cases;
  }

  private static Lstm lstm(double clip, Activation... functions) {
    return new Lstm(2, Direction.FORWARD, List.of(functions), clip);
  }

  /** With three features, two units, and no biases. */
  private static OpCase sequence(OpCase c, int steps, int samples, int ways, int units) {
    return c.with(steps, samples, 3).with(ways, units, 3).with(ways, units, 2);
  }
}
