package dev.graft.core.op.recurrent;

import java.util.Collections;
import java.util.List;

/** Which way a recurrent layer goes through the sequence. */
public enum Direction {
  /** From the first time step to the last. */
  FORWARD(1),
  /** From the last to the first; outputs keep the place of their time step. */
  REVERSE(1),
  /** Both ways, each with weights of its own, the forward one first. */
  BIDIRECTIONAL(2);

  private final int count;

  Direction(int count) {
    this.count = count;
  }

  /** How many ways it goes. */
  public int count() {
    return count;
  }

  /** The same functions for each way. */
  List<Activation> each(Activation... cell) {
    return Collections.nCopies(count, List.of(cell)).stream().flatMap(List::stream).toList();
  }

  /** Whether its way number {@code i} starts at the last time step. */
  boolean reverses(int i) {
    return this == REVERSE || i == 1;
  }
}
