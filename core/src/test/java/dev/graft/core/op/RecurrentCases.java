package dev.graft.core.op;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.recurrent.Activation;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Gru;
import dev.graft.core.op.recurrent.Lstm;
import dev.graft.core.op.recurrent.Recurrent;
import dev.graft.core.op.recurrent.Rnn;
import java.util.ArrayList;
import java.util.List;

/** Cases of layers that go through a sequence. */
final class RecurrentCases {

  private static final Activation HARD = new Activation(UnaryOp.HARD_SIGMOID, 0.2, 0.5);
  private static final Activation SOFTSIGN = new Activation(UnaryOp.SOFTSIGN, 0, 0);
  private static final Activation LINEAR = new Activation(UnaryOp.AFFINE, 0.7, 0.1);

  private static final double NO_CLIP = Double.POSITIVE_INFINITY;

  private RecurrentCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    List.of(Direction.values()).forEach(direction -> cases.addAll(eachWay(direction)));
    cases.addAll(lstms());
    cases.addAll(List.of(false, true).stream().flatMap(first -> grus(first).stream()).toList());
    Rnn both = Rnn.of(2, Direction.BIDIRECTIONAL);
    cases.add(sequence("RNN states", both, 2, 2).with(2, 4).without().with(2, 2, 2));
    cases.add(sequence("RNN clipped", rnn(0.4, SOFTSIGN), 3, 2).with(1, 4));
    cases.add(sequence("RNN clipped tanh", rnn(0.4, Activation.TANH), 3, 2));
    cases.add(sequence("RNN linear", rnn(NO_CLIP, LINEAR), 3, 2));
    return cases;
  }

  private static List<OpCase> eachWay(Direction direction) {
    List<OpCase> cases = new ArrayList<>();
    for (Recurrent op :
        List.of(
            Lstm.of(2, direction),
            Gru.of(2, direction, false),
            Gru.of(2, direction, true),
            Rnn.of(2, direction))) {
      String name =
          op.type() + " " + direction + (op instanceof Gru g ? g.linearBeforeReset() : "");
      int units = 2 * op.gates();
      cases.add(sequence(name, op, 3, 2).with(direction.count(), 2 * units));
      if (direction == Direction.REVERSE) {
        cases.add(sequence(name + ", biases alone", op, 2, 2).with(1, units));
        cases.add(sequence(name + ", no steps", op, 0, 2));
      } else {
        cases.add(sequence(name + ", one step", op, 1, 2));
        cases.add(sequence(name + ", no samples", op, 2, 0));
      }
    }
    return cases;
  }

  private static List<OpCase> lstms() {
    List<OpCase> cases = new ArrayList<>();
    OpCase states = sequence("LSTM states", Lstm.of(2, Direction.BIDIRECTIONAL), 2, 2);
    cases.add(states.without().without().with(2, 2, 2).with(2, 2, 2));
    OpCase cell = sequence("LSTM cell alone", Lstm.of(2, Direction.REVERSE), 2, 1);
    cases.add(cell.without().without().without().with(1, 1, 2));
    cases.add(sequence("LSTM hard", lstm(NO_CLIP, HARD, SOFTSIGN, LINEAR), 3, 2).with(1, 16));
    cases.add(sequence("LSTM clipped", lstm(0.4, HARD, LINEAR, SOFTSIGN), 3, 2).with(1, 16));
    return cases;
  }

  private static List<OpCase> grus(boolean first) {
    String name = first ? "GRU product reset " : "GRU state reset ";
    Gru both = Gru.of(2, Direction.BIDIRECTIONAL, first);
    OpCase states = sequence(name + "states", both, 2, 2);
    Gru hard = new Gru(2, Direction.FORWARD, List.of(HARD, SOFTSIGN), NO_CLIP, first);
    Gru clipped = new Gru(2, Direction.FORWARD, List.of(HARD, LINEAR), 0.4, first);
    return List.of(
        states.with(2, 12).without().with(2, 2, 2),
        sequence(name + "hard", hard, 3, 2).with(1, 12),
        sequence(name + "clipped", clipped, 3, 2).with(1, 12));
  }

  private static Lstm lstm(double clip, Activation... functions) {
    return new Lstm(2, Direction.FORWARD, List.of(functions), clip);
  }

  private static Rnn rnn(double clip, Activation function) {
    return new Rnn(2, Direction.FORWARD, List.of(function), clip);
  }

  /** With three features, and no biases. */
  private static OpCase sequence(String name, Recurrent op, int steps, int samples) {
    int ways = op.direction().count();
    int units = op.gates() * op.hidden();
    return OpCase.of(name, op)
        .with(steps, samples, 3)
        .with(ways, units, 3)
        .with(ways, units, op.hidden());
  }
}
