package dev.graft.core.session;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Model;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
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

  private final Backend backend;
  private final boolean ownsBackend;

  /** The one used last comes first: its memory is warm, and those never needed take none. */
  private final Deque<Session> idle = new ArrayDeque<>();

  private int lent;
  private boolean closed;

  private SessionPool(Model model, Backend backend, boolean ownsBackend, int size) {
    this.backend = backend;
    this.ownsBackend = ownsBackend;
    PlanExecutor first = Session.executor(model, backend);
    for (int i = 0; i < size; i++) {
      idle.add(new Session(model, backend, false, i == 0 ? first : first.sharing()));
    }
  }

  /**
   * A pool on the best backend there is, with all processors.
   *
   * @param size how many threads can predict at once, at least 1
   */
  public static SessionPool of(Model model, int size) {
    return new SessionPool(model, Session.best(), true, atLeastOne(size));
  }

  /** A pool on {@code backend}, which stays the caller's to close. */
  public static SessionPool of(Model model, Backend backend, int size) {
    return new SessionPool(model, backend, false, atLeastOne(size));
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

  /**
   * Lends a free session for the duration of {@code work}, which must not keep it.
   *
   * @return what {@code work} returns
   * @throws IllegalStateException if the pool is closed, or the thread is interrupted while it
   *     waits
   */
  public <T> T use(Function<Session, T> work) {
    Session session = take();
    try {
      return work.apply(session);
    } finally {
      give(session);
    }
  }

  private synchronized Session take() {
    while (!closed && idle.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for a free session", e);
      }
    }
    if (closed) {
      throw new IllegalStateException("the pool of sessions is closed; open a new one");
    }
    lent++;
    return idle.pop();
  }

  private synchronized void give(Session session) {
    lent--;
    idle.push(session);
    // All: one that closes the pool may wait beside those that predict.
    notifyAll();
  }

  /**
   * Waits for the predictions that are running, then ends the sessions, and the backend if it is
   * the pool's own. Threads that wait for a session are refused. May be called twice.
   */
  @Override
  public synchronized void close() {
    boolean ends = !closed;
    closed = true;
    notifyAll();
    boolean interrupted = false;
    while (lent > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    idle.forEach(Session::close);
    if (ends && ownsBackend) {
      backend.close();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
