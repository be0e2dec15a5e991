package dev.graft.core.op;

import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * Conditions under which an operation treats each sample by itself, see {@link Op#isSamplewise}.
 */
public final class Samples {

  private Samples() {}

  /** The first input holds samples, the others are the same for all. */
  public static boolean inFirstOnly(boolean[] batched) {
    for (int i = 1; i < batched.length; i++) {
      if (batched[i]) {
        return false;
      }
    }
    return batched[0];
  }

  public static boolean inAll(boolean[] batched) {
    for (boolean each : batched) {
      if (!each) {
        return false;
      }
    }
    return true;
  }

  /** Whether input i, if there is one, looks the same to every row of a matrix. */
  public static boolean isShared(List<Shape> inputs, int i) {
    return i >= inputs.size() || inputs.get(i).rank() < 2 || inputs.get(i).size(0) == 1;
  }

  /** Operands that are broadcast: samples lie along the result's first axis, or are not touched. */
  public static boolean broadcast(List<Shape> inputs, boolean[] batched) {
    int rank = inputs.stream().mapToInt(Shape::rank).max().orElse(0);
    for (int i = 0; i < batched.length; i++) {
      Shape shape = inputs.get(i);
      boolean fits = batched[i] ? shape.rank() == rank : shape.rank() < rank || shape.size(0) == 1;
      if (!fits) {
        return false;
      }
    }
    return true;
  }
}
