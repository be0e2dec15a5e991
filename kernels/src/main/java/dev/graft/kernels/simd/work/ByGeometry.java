package dev.graft.kernels.simd.work;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What calls of one geometry work with, kept from call to call. A network calls a few dozen
 * convolutions again and again; the objects that describe one, set up anew each time, were most of
 * what a training step left to the garbage collector.
 *
 * <p>A call takes an object for itself and gives it back, as {@link InTurn} says, so there are as
 * many of each as threads ever called at once. They are small: arrays they take from {@link
 * ScratchArrays} and give back before the call ends, and the caller's buffers they forget.
 *
 * @param <G> a geometry, equal to every other one of the same sizes
 * @param <T> what a call works with
 */
public final class ByGeometry<G, T> {

  /** More than a process meets that does not make its networks up. */
  private static final int MOST = 1024;

  private final Map<G, InTurn<T>> known = new ConcurrentHashMap<>();
  private final Function<G, T> maker;

  /**
   * @param maker sets one up, on the thread that wants it
   */
  public ByGeometry(Function<G, T> maker) {
    this.maker = maker;
  }

  /** Those of a geometry. */
  public InTurn<T> of(G geometry) {
    InTurn<T> objects = known.get(geometry);
    if (objects == null) {
      if (known.size() >= MOST) {
        known.clear();
      }
      objects = new InTurn<>(() -> maker.apply(geometry));
      known.put(geometry, objects);
    }
    return objects;
  }
}
