package dev.graft.core.op;

import static dev.graft.core.op.Values.DISTINCT;
import static dev.graft.core.op.Values.POSITIVE;
import static dev.graft.core.op.Values.TRUTHS;

import dev.graft.core.op.activation.PRelu;
import dev.graft.core.op.arithmetic.Atan;
import dev.graft.core.op.arithmetic.Floor;
import dev.graft.core.op.arithmetic.Max;
import dev.graft.core.op.arithmetic.Min;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.op.logic.And;
import dev.graft.core.op.logic.Equal;
import dev.graft.core.op.logic.Greater;
import dev.graft.core.op.logic.Not;
import dev.graft.core.op.logic.Or;
import dev.graft.core.op.logic.Where;
import java.util.ArrayList;
import java.util.List;

/** Cases of functions of two operands beside plain arithmetic. */
final class PairwiseCases {

  private PairwiseCases() {}

  static List<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (Op op : List.of(new Max(), new Min())) {
      // Multiples of 0.1 and a half, and numbers in between: never equal.
      cases.add(OpCase.of(op.type(), op).with(DISTINCT, 3, 5).with(3, 5));
      cases.add(OpCase.of(op.type() + " a vector", op).with(DISTINCT, 3, 5).with(5));
      cases.add(OpCase.of(op.type() + " crossed", op).with(DISTINCT, 3, 1).with(1, 4));
      cases.add(OpCase.of(op.type() + " empty", op).with(0, 3).with(3));
    }
    cases.add(OpCase.of("Pow", new Pow()).with(POSITIVE, 2, 3).with(2, 3));
    cases.add(OpCase.of("Pow of a vector", new Pow()).with(POSITIVE, 3).with(POSITIVE, 2, 3));
    cases.add(OpCase.of("Pow crossed", new Pow()).with(POSITIVE, 2, 1).with(3));
    cases.add(OpCase.of("PRelu", new PRelu()).with(DISTINCT, 3, 5).with(3, 5));
    cases.add(OpCase.of("PRelu a channel", new PRelu()).with(DISTINCT, 2, 3, 2, 2).with(3, 1, 1));
    cases.add(OpCase.of("PRelu of one slope", new PRelu()).with(DISTINCT, 3, 5).with(1));
    for (Op op : List.of(new Greater(), new Equal())) {
      cases.add(OpCase.of(op.type(), op).with(DISTINCT, 3, 5).with(5));
    }
    for (Op op : List.of(new And(), new Or())) {
      cases.add(OpCase.of(op.type(), op).with(TRUTHS, 3, 5).with(TRUTHS, 5));
    }
    cases.add(OpCase.of("Not", new Not()).with(TRUTHS, 3, 5));
    cases.add(OpCase.of("Where", new Where()).with(TRUTHS, 3, 5).with(3, 5).with(3, 5));
    cases.add(OpCase.of("Where crossed", new Where()).with(TRUTHS, 3, 1).with(4).with());
    cases.add(OpCase.of("Floor", new Floor()).with(DISTINCT, 3, 5));
    cases.add(OpCase.of("Atan", new Atan()).with(DISTINCT, 7, 11));
    return cases;
  }
}
