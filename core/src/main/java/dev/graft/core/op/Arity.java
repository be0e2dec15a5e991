package dev.graft.core.op;

import dev.graft.core.tensor.ShapeException;
import java.util.List;

/** The check every operation starts with: how many inputs it was given. */
public final class Arity {

  private Arity() {}

  public static void expect(Op op, List<?> inputs, int count) {
    expect(op, inputs, count, count);
  }

  public static void expect(Op op, List<?> inputs, int least, int most) {
    if (inputs.size() < least || inputs.size() > most) {
      String expected =
          least == most
              ? "" + least
              : most == Integer.MAX_VALUE ? "at least " + least : least + " to " + most;
      throw new ShapeException(
          op.type() + " expects " + expected + " inputs, found " + inputs.size());
    }
  }
}
