package dev.graft.kernels.simd.work;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What the parts of one loop work with in turn: a part takes one and gives it back, so that there
 * are as many as threads ever worked at once, however many parts the loop has.
 */
public final class InTurn<T> {

  /** Threads that most loops have; there may be more. */
  private static final int USUAL = 3;

  private final Supplier<T> maker;
  private final ArrayDeque<T> free = new ArrayDeque<>(USUAL);

  /**
   * @param maker makes one, on the thread that wants it
   */
  public InTurn(Supplier<T> maker) {
    this.maker = maker;
  }

  public T take() {
    T one;
    synchronized (free) {
      one = free.poll();
    }
    return one == null ? maker.get() : one;
  }

  /** Gives one back. One that was in use when the loop threw is left to the collector. */
  public void give(T one) {
    synchronized (free) {
      free.push(one);
    }
  }

  /** Does something with all, when the loop is over. */
  public void forEach(Consumer<T> action) {
    synchronized (free) {
      free.forEach(action);
    }
  }
}
