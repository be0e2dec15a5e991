package dev.graft.core.session;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Sessions of one model for many threads. They share the weights and all that is compiled; each has
 * only its working memory to itself. A call takes a free session, or waits for one.
 *
 * <pre>{@code
 * try (SessionPool pool = SessionPool.of(model, 8)) {
 *   List<Prediction> ranked = pool.predict(picture); // from any thread
 * }
 * }</pre>
 *
 * <p>The result does not depend on which session computes it.
 */
public final class SessionPool implements AutoCloseable {

  /** What ends with the pool. */
  private final Runnable ending;

  /** The one used last comes first: its memory is warm, and those never needed take none. */
  private final Deque<Session> idle = new ArrayDeque<>();

  /** Who has how many. */
  private final Map<Thread, Integer> lent = new HashMap<>();

  private boolean closed;
  private boolean ended;

  private SessionPool(Model model, Backend backend, Runnable ending, int size) {
    this.ending = ending;
    PlanExecutor first = Session.executor(model, backend);
    for (int i = 0; i < size; i++) {
      idle.add(new Session(model, backend, i == 0 ? first : first.sharing(), null));
    }
  }

  /**
   * A pool on the best backend there is, with all processors, as {@link Session#of(Model)} has it.
   *
   * @param size how many threads can predict at once, at least 1
   */
  public static SessionPool of(Model model, int size) {
    atLeastOne(size);
    Backend backend = SharedBackend.take();
    try {
      return new SessionPool(model, backend, SharedBackend::release, size);
    } catch (RuntimeException | Error e) {
      SharedBackend.release();
      throw e;
    }
  }

  /** A pool on {@code backend}, which stays the caller's to close. */
  public static SessionPool of(Model model, Backend backend, int size) {
    return new SessionPool(model, backend, () -> {}, atLeastOne(size));
  }

  private static int atLeastOne(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a pool needs at least 1 session, found " + size);
    }
    return size;
  }

  /** {@link Session#run} on a free session. */
  public Map<String, Tensor> run(Map<String, Tensor> inputs) {
    return use(session -> session.run(inputs));
  }

  /** {@link Session#predict(float[])} on a free session. */
  public float[] predict(float[] item) {
    return use(session -> session.predict(item));
  }

  /** {@link Session#predict(BufferedImage)} on a free session. */
  public List<Prediction> predict(BufferedImage picture) {
    return use(session -> session.predict(picture));
  }

  /** {@link Session#predict(List)} on a free session. */
  public List<List<Prediction>> predict(List<BufferedImage> pictures) {
    return use(session -> session.predict(pictures));
  }

  /**
   * Lends a free session for the duration of {@code work}, which must not keep it.
   *
   * @return what {@code work} returns
   * @throws IllegalStateException if the pool is closed, the thread is interrupted while it waits,
   *     or it has all sessions itself and would wait for ever
   */
  public <T> T use(Function<Session, T> work) {
    return lend(Long.MAX_VALUE, work);
  }

  /**
   * The same, waiting for a free session no longer than {@code limit}.
   *
   * @throws BusyException if none became free; {@code work} was not begun
   */
  public <T> T use(Duration limit, Function<Session, T> work) {
    // Nanoseconds of almost 300 years.
    boolean bounded = limit.compareTo(Duration.ofNanos(Long.MAX_VALUE)) < 0;
    return lend(bounded ? limit.toNanos() : Long.MAX_VALUE, work);
  }

  private <T> T lend(long nanos, Function<Session, T> work) {
    Session session = take(nanos);
    try {
      return work.apply(session);
    } finally {
      give(session);
    }
  }

  private synchronized Session take(long nanos) {
    long start = System.nanoTime();
    while (!closed && idle.isEmpty()) {
      if (lent.size() == 1 && lent.containsKey(Thread.currentThread())) {
        throw new IllegalStateException(
            "this thread has all sessions of the pool and waits for another; use the one it has");
      }
      waitForChange(nanos, nanos - (System.nanoTime() - start));
    }
    if (closed) {
      throw new IllegalStateException("the pool of sessions is closed; open a new one");
    }
    lent.merge(Thread.currentThread(), 1, Integer::sum);
    return idle.pop();
  }

  private synchronized void waitForChange(long limit, long left) {
    if (left <= 0) {
      throw new BusyException(
          "no session of the pool became free within "
              + TimeUnit.NANOSECONDS.toMillis(limit)
              + " ms; wait longer, or open a larger pool");
    }
    try {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a free session", e);
    }
  }

  private synchronized void give(Session session) {
    lent.computeIfPresent(Thread.currentThread(), (thread, count) -> count == 1 ? null : count - 1);
    idle.push(session);
    if (closed && lent.isEmpty()) {
      end();
    }
    // All: one that closes the pool may wait beside those that predict.
    notifyAll();
  }

  private synchronized void end() {
    if (!ended) {
      ended = true;
      idle.forEach(Session::end);
      ending.run();
    }
  }

  /**
   * Waits for the predictions that are running, then ends the sessions. Threads that wait for a
   * session are refused. Within {@link #use} it does not wait, since that would be for itself: the
   * sessions end with the last one that is given back. May be called twice.
   */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    boolean interrupted = false;
    while (!lent.isEmpty() && !lent.containsKey(Thread.currentThread())) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (lent.isEmpty()) {
      end();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
