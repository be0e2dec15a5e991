package dev.graft.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WorkersTest {

  @Test
  void forEach_runsEveryChunkOnce() {
    try (Workers workers = new Workers(3)) {
      for (int chunks : new int[] {0, 1, 2, 3, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(1000);
        workers.forEach(chunks, runs::incrementAndGet);
        for (int chunk = 0; chunk < 1000; chunk++) {
          assertThat(runs.get(chunk)).isEqualTo(chunk < chunks ? 1 : 0);
        }
      }
    }
  }

  @Test
  void forEach_withinForEach_doesNotBlock() {
    try (Workers workers = new Workers(2)) {
      AtomicInteger runs = new AtomicInteger();
      workers.forEach(8, outer -> workers.forEach(8, inner -> runs.incrementAndGet()));
      assertThat(runs).hasValue(64);
    }
  }

  @Test
  void severalCallers_shareTheWorkers() throws InterruptedException {
    try (Workers workers = new Workers(2)) {
      AtomicInteger runs = new AtomicInteger();
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    workers.forEach(5, chunk -> runs.incrementAndGet());
                  }
                });
        thread.start();
        callers.add(thread);
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(runs).hasValue(4 * 500 * 5);
    }
  }

  @Test
  void helpersThatComeLate_runNoChunkTwice() throws InterruptedException {
    // The borrowed pool has fewer threads than the loops ask for, and always something else to do:
    // tasks wait in its queue until their loop is over and its object runs another one.
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      Workers workers = new Workers(pool, 6);
      AtomicInteger wrong = new AtomicInteger();
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 3; caller++) {
        int step = caller + 1;
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 20_000; i++) {
                    int chunks = 2 + (i * step) % 7;
                    AtomicIntegerArray runs = new AtomicIntegerArray(16);
                    workers.forSpans(
                        2 * chunks - 1,
                        2,
                        (from, count) -> {
                          for (int k = from; k < from + count; k++) {
                            runs.incrementAndGet(k);
                          }
                        });
                    for (int k = 0; k < 16; k++) {
                      wrong.addAndGet(runs.get(k) == (k < 2 * chunks - 1 ? 1 : 0) ? 0 : 1);
                    }
                  }
                });
        thread.start();
        callers.add(thread);
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(wrong).hasValue(0);
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void exceptionOfAChunk_reachesTheCaller_andTheWorkersLiveOn() {
    try (Workers workers = new Workers(2)) {
      IllegalArgumentException failure = new IllegalArgumentException("chunk 3");
      assertThatThrownBy(
              () ->
                  workers.forEach(
                      10,
                      chunk -> {
                        if (chunk == 3) {
                          throw failure;
                        }
                      }))
          .isSameAs(failure);
      AtomicInteger runs = new AtomicInteger();
      workers.forEach(10, chunk -> runs.incrementAndGet());
      assertThat(runs).hasValue(10);
    }
  }

  @Test
  void neverMoreThreadsThanTheBound_andAllAreDaemons() {
    try (Workers workers = new Workers(2)) {
      ConcurrentHashMap<Thread, Boolean> threads = new ConcurrentHashMap<>();
      for (int i = 0; i < 200; i++) {
        workers.forEach(
            50, chunk -> threads.put(Thread.currentThread(), Thread.currentThread().isDaemon()));
      }
      threads.remove(Thread.currentThread());
      assertThat(threads).hasSizeLessThanOrEqualTo(1).doesNotContainValue(false);
    }
  }

  @Test
  void rejectingExecutor_leavesTheWorkToTheCaller() {
    Workers workers =
        new Workers(
            task -> {
              throw new RejectedExecutionException();
            },
            4);
    AtomicInteger runs = new AtomicInteger();
    workers.forEach(10, chunk -> runs.incrementAndGet());
    assertThat(runs).hasValue(10);
  }

  @Test
  void closedWorkers_refuse() {
    Workers workers = new Workers(2);
    workers.close();
    assertThatThrownBy(() -> workers.forEach(2, chunk -> {})).isInstanceOf(BackendException.class);
  }

  @Test
  void aThreadPoolThatWasShutDown_isRefused() {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    Workers workers = new Workers(pool, 2);
    pool.shutdown();
    assertThatThrownBy(() -> workers.forEach(2, chunk -> {}))
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("shut down");
  }

  @Test
  void interruptedCaller_finishesAndStaysInterrupted() {
    try (Workers workers = new Workers(2)) {
      AtomicInteger runs = new AtomicInteger();
      Thread.currentThread().interrupt();
      workers.forEach(100, chunk -> runs.incrementAndGet());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(runs).hasValue(100);
    }
  }
}
