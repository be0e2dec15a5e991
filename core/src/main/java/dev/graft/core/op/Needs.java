package dev.graft.core.op;

import java.util.Arrays;

/**
 * Which inputs of an operation need a gradient. What forward saves and what backward computes both
 * follow from it.
 */
public final class Needs {

  private final boolean[] wanted;

  private Needs(boolean[] wanted) {
    this.wanted = wanted;
  }

  /** {@code wanted[i]}: whether input i needs a gradient. */
  public static Needs of(boolean... wanted) {
    return new Needs(wanted.clone());
  }

  /** No gradient at all: inference, or a frozen prefix. */
  public static Needs none(int inputs) {
    return new Needs(new boolean[inputs]);
  }

  /** Whether input {@code i} needs a gradient; false for an optional input that is absent. */
  public boolean of(int i) {
    return i < wanted.length && wanted[i];
  }

  /** Whether any input needs a gradient. */
  public boolean any() {
    for (boolean w : wanted) {
      if (w) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return Arrays.toString(wanted);
  }
}
