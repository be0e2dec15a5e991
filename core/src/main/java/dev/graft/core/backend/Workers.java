package dev.graft.core.backend;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A bounded number of threads that share the chunks of one loop. The calling thread works along, so
 * one thread means no other thread at all. Which thread takes which chunk is left to chance;
 * results repeat because every chunk computes the same whoever runs it.
 */
public final class Workers implements AutoCloseable {

  private final int threads;
  private final @Nullable Executor executor;
  private final @Nullable ExecutorService owned;

  /**
   * A pool of its own: daemon threads that sleep while there is nothing to do.
   *
   * @param threads number of threads including the caller's, at least 1
   * @throws IllegalArgumentException if threads is below 1
   */
  public Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    this.threads = threads;
    AtomicInteger number = new AtomicInteger();
    this.owned =
        threads == 1
            ? null
            : Executors.newFixedThreadPool(
                threads - 1,
                task -> {
                  Thread thread = new Thread(task, "graft-worker-" + number.incrementAndGet());
                  thread.setDaemon(true);
                  return thread;
                });
    this.executor = owned;
  }

  /**
   * Threads of an embedder's executor, which stays the embedder's to shut down.
   *
   * @param executor runs the helpers
   * @param threads at most this many work on one loop, including the caller
   */
  public Workers(Executor executor, int threads) {
    this.threads = threads;
    this.executor = executor;
    this.owned = null;
  }

  /** Number of threads that share a loop, including the caller's. */
  public int threads() {
    return threads;
  }

  /**
   * Runs {@code body} for every chunk 0 … chunks-1 and returns when all are done.
   *
   * @throws RuntimeException the first exception of a body, after all chunks have ended
   * @throws BackendException if the pool has been shut down
   */
  public void forEach(int chunks, IntConsumer body) {
    if (executor == null || chunks < 2) {
      for (int chunk = 0; chunk < chunks; chunk++) {
        body.accept(chunk);
      }
      return;
    }
    Loop loop = new Loop(chunks, body);
    try {
      for (int helper = 1; helper < Math.min(threads, chunks); helper++) {
        executor.execute(loop);
      }
    } catch (RejectedExecutionException e) {
      throw new BackendException("the thread pool was shut down; open a new backend", e);
    }
    loop.run();
    loop.await();
  }

  /** One loop under way. A helper that comes too late finds no chunk left and leaves. */
  private static final class Loop implements Runnable {
    private final int chunks;
    private final IntConsumer body;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch open;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Loop(int chunks, IntConsumer body) {
      this.chunks = chunks;
      this.body = body;
      this.open = new CountDownLatch(chunks);
    }

    @Override
    public void run() {
      for (int chunk = next.getAndIncrement(); chunk < chunks; chunk = next.getAndIncrement()) {
        try {
          body.accept(chunk);
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        } finally {
          open.countDown();
        }
      }
    }

    void await() {
      boolean interrupted = false;
      while (true) {
        try {
          open.await();
          break;
        } catch (InterruptedException e) {
          // The chunks write into the caller's buffers: it cannot leave before they have ended.
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      Throwable thrown = failure.get();
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
    }
  }

  /** Ends the threads of an own pool. */
  @Override
  public void close() {
    if (owned != null) {
      owned.shutdown();
    }
  }
}
