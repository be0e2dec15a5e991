package dev.graft.core.backend;

import java.util.ArrayDeque;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The bounded set of threads that one backend computes with. A loop is cut into chunks that are
 * independent of each other; which thread runs which chunk is left to chance, so chunks must be cut
 * by shape alone and write disjoint outputs for the results to repeat.
 *
 * <p>The caller works too, and it never waits for a helper that has not started: several callers,
 * and loops within loops, cannot block each other. Idle threads sleep in the queue, since an
 * embedding application needs its cores for other things; only for a moment behind a loop they
 * watch it, since waking a sleeper takes as long as a small kernel.
 */
public final class Workers implements AutoCloseable {

  private static final long IDLE_SECONDS = 30;

  /** Longer than what lies between two kernels of a network, shorter than anyone would notice. */
  private static final long WATCH_NANOS = 200_000;

  /** Checks between two looks at the clock. */
  private static final int CHECKS = 64;

  private final int threads;
  private final Executor executor;
  private final @Nullable ExecutorService owned;

  /** Loops that nobody runs; there are as many as ever ran at once. */
  private final ArrayDeque<Loop> loops = new ArrayDeque<>();

  private volatile boolean closed;

  /**
   * Daemon threads of our own, started when first needed and ended after half a minute of idling.
   *
   * @param threads the number of threads that work on one loop, the caller included
   * @throws IllegalArgumentException if threads is less than 1
   */
  public Workers(int threads) {
    this.threads = atLeastOne(threads);
    if (threads == 1) {
      executor = Runnable::run;
      owned = null;
      return;
    }
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads - 1,
            threads - 1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new WatchedQueue(),
            Workers::daemon);
    pool.allowCoreThreadTimeOut(true);
    executor = pool;
    owned = pool;
  }

  /**
   * Borrows the threads of {@code executor}, which stays open when this object closes. Where it
   * rejects a task, the caller does that task's share itself.
   *
   * @param threads the most threads that work on one loop, the caller included
   * @throws IllegalArgumentException if threads is less than 1
   */
  public Workers(Executor executor, int threads) {
    this.threads = atLeastOne(threads);
    this.executor = executor;
    this.owned = null;
  }

  private static int atLeastOne(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + "; expected at least 1");
    }
    return threads;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "graft-worker");
    thread.setDaemon(true);
    return thread;
  }

  /** The most threads that work on one loop, the caller included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs {@code body} once for every chunk 0 … chunks-1, in any order and possibly at the same
   * time, and returns when all are done. What the chunks wrote is visible to the caller then.
   *
   * @throws BackendException if these workers are closed, or the borrowed executor was shut down
   * @throws RuntimeException whatever a chunk threw first; chunks not yet begun are skipped then
   */
  public void forEach(int chunks, IntConsumer body) {
    expectOpen();
    if (threads == 1 || chunks <= 1) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        body.accept(chunk);
      }
      return;
    }
    share(chunks, 1, body, null);
  }

  /** Works on the elements {@code from … from + count - 1} of a range. */
  @FunctionalInterface
  public interface Span {
    /** Works on {@code count} elements, the first of them {@code from}. */
    void run(int from, int count);
  }

  /**
   * {@link #forEach} over 0 … n-1 in spans of {@code length}, of which the last may be shorter.
   *
   * @throws BackendException as {@link #forEach}
   * @throws IllegalArgumentException if length is less than 1
   */
  public void forSpans(int n, int length, Span body) {
    if (length < 1) {
      throw new IllegalArgumentException("length is " + length + "; expected at least 1");
    }
    expectOpen();
    if (threads == 1 || n <= length) {
      for (int from = 0; from < n; from += Math.min(length, n - from)) {
        body.run(from, Math.min(length, n - from));
      }
      return;
    }
    share(n, length, null, body);
  }

  /** How many runs of {@code length} cover {@code n}. */
  private static int chunks(int n, int length) {
    return (n + length - 1) / length;
  }

  private void share(int n, int length, @Nullable IntConsumer chunk, @Nullable Span span) {
    Loop loop = takeLoop();
    loop.begin(n, length, chunk, span);
    int helpers = Math.min(threads, chunks(n, length)) - 1;
    try {
      for (int helper = 0; helper < helpers; helper++) {
        executor.execute(loop);
      }
    } catch (RejectedExecutionException busy) {
      // The caller does all that nobody else takes.
    }
    loop.run();
    Throwable failure = loop.await();
    synchronized (loops) {
      loops.push(loop);
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  private Loop takeLoop() {
    synchronized (loops) {
      Loop loop = loops.poll();
      return loop == null ? new Loop() : loop;
    }
  }

  /**
   * @throws BackendException if these workers are closed, or the borrowed executor was shut down
   */
  public void expectOpen() {
    if (closed) {
      throw new BackendException("the threads of this backend were closed; open a new one");
    }
    if (executor instanceof ExecutorService service && service.isShutdown()) {
      throw new BackendException(
          "the thread pool that this backend was given was shut down; open a backend on another");
    }
  }

  /** Ends the threads of our own; final. Loops already running are finished by their callers. */
  @Override
  public void close() {
    closed = true;
    if (owned != null) {
      owned.shutdown();
    }
  }

  /** Pauses between two checks; every so often other threads get their turn. */
  private static void pause(int check) {
    if (check % CHECKS == 0) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }

  /**
   * A queue whose takers watch it for a moment before they go to sleep. Its places are made once: a
   * training step puts hundreds of loops there. Where none is left the caller works alone.
   */
  private static final class WatchedQueue extends ArrayBlockingQueue<Runnable> {
    private static final long serialVersionUID = 1;

    private static final int PLACES = 1024;

    /** Tasks offered and not yet taken: to watch this takes no lock. */
    private final AtomicInteger waiting = new AtomicInteger();

    WatchedQueue() {
      super(PLACES);
    }

    @Override
    public boolean offer(Runnable task) {
      boolean taken = super.offer(task);
      if (taken) {
        waiting.incrementAndGet();
      }
      return taken;
    }

    @Override
    public @Nullable Runnable poll() {
      return counted(super.poll());
    }

    private @Nullable Runnable counted(@Nullable Runnable task) {
      if (task != null) {
        waiting.decrementAndGet();
      }
      return task;
    }

    @Override
    public @Nullable Runnable poll(long timeout, TimeUnit unit) throws InterruptedException {
      long start = System.nanoTime();
      for (int check = 1; check % CHECKS != 0 || System.nanoTime() - start < WATCH_NANOS; check++) {
        Runnable task = waiting.get() > 0 ? poll() : null;
        if (task != null) {
          return task;
        }
        pause(check);
      }
      return counted(super.poll(timeout, unit));
    }
  }

  /**
   * A parallel loop: chunks are claimed by counting down, and the last one done wakes the caller.
   *
   * <p>The object runs one loop after the other, since a training step runs hundreds. A helper may
   * come so late that another loop has begun; it helps that one then. Nothing gets mixed up:
   * between two loops there is nothing to claim, the number of the loop changes with every one, and
   * while a claimed chunk is not done its loop cannot end.
   */
  private static final class Loop implements Runnable {

    /** Plain fields with updaters: one object less to touch in every loop. */
    private static final AtomicLongFieldUpdater<Loop> LEFT =
        AtomicLongFieldUpdater.newUpdater(Loop.class, "left");

    private static final AtomicIntegerFieldUpdater<Loop> DONE =
        AtomicIntegerFieldUpdater.newUpdater(Loop.class, "done");

    private int n;
    private int length;
    private int chunks;
    private @Nullable IntConsumer chunk;
    private @Nullable Span span;

    /** The number of the loop in the upper half, the chunks that nobody claimed in the lower. */
    private volatile long left;

    private volatile int done;
    private volatile @Nullable Throwable failure;

    /**
     * The next loop; whoever claims a chunk of it sees all of it.
     *
     * @param chunk called with the number of each chunk; otherwise {@code span} is, with its reach
     */
    void begin(int n, int length, @Nullable IntConsumer chunk, @Nullable Span span) {
      this.n = n;
      this.length = length;
      this.chunk = chunk;
      this.span = span;
      chunks = chunks(n, length);
      done = 0;
      failure = null;
      left = ((left >>> Integer.SIZE) + 1 << Integer.SIZE) + chunks;
    }

    @Override
    public void run() {
      for (long seen = left; (int) seen > 0; seen = left) {
        if (LEFT.compareAndSet(this, seen, seen - 1)) {
          int all = chunks;
          try {
            if (failure == null) {
              work(all - (int) seen);
            }
          } catch (Throwable thrown) {
            remember(thrown);
          }
          if (DONE.incrementAndGet(this) == all) {
            synchronized (this) {
              notifyAll();
            }
          }
        }
      }
    }

    private void work(int number) {
      if (chunk != null) {
        chunk.accept(number);
      } else if (span != null) {
        int from = number * length;
        span.run(from, Math.min(length, n - from));
      }
    }

    private synchronized void remember(Throwable thrown) {
      if (failure == null) {
        failure = thrown;
      }
    }

    /** Waits until all chunks are done, and forgets them; returns what one threw, or null. */
    @Nullable Throwable await() {
      long start = System.nanoTime();
      for (int check = 1; check % CHECKS != 0 || System.nanoTime() - start < WATCH_NANOS; check++) {
        if (done == chunks) {
          break;
        }
        pause(check);
      }
      boolean interrupted = false;
      synchronized (this) {
        while (done < chunks) {
          try {
            wait();
          } catch (InterruptedException e) {
            // Chunks in flight write into the caller's buffers: it cannot leave before they end.
            interrupted = true;
          }
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      chunk = null;
      span = null;
      return failure;
    }
  }
}
