package dev.graft.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many threads, one model. */
class SessionPoolTest {

  private static final int THREADS = 8;
  private static final int PREDICTIONS = 10_000;
  private static final int ITEMS = 16;

  private static Model model() {
    GraphBuilder g = new GraphBuilder(4);
    String x = g.conv("conv", g.input("x", Shape.of(2, 6, 6)), 4, Window.square(3, 1, 1));
    x = g.relu(g.batchNorm("bn", x));
    return g.build(g.linear("fc", g.flatten(g.globalAveragePool(x)), 3));
  }

  private static float[] item(int i) {
    return Initializer.normal(1).draw(Shape.of(2, 6, 6), Rng.key(11, i)).toArray();
  }

  /**
   * @param slack bytes; the java backend keeps 1 MiB for each thread that ever computed at the same
   *     time, and who is the ninth is left to chance
   */
  @ParameterizedTest
  @CsvSource({"reference, 300_000", "java, 10_000_000"})
  void manyThreads_getTheBitsOfOne_andTheHeapStaysFlat(String name, String slack) throws Exception {
    List<float[]> expected = new ArrayList<>();
    try (Backend one = Backends.byName(name, 1);
        Session session = Session.of(model(), one)) {
      for (int i = 0; i < ITEMS; i++) {
        expected.add(session.predict(item(i)));
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (Backend backend = Backends.byName(name, 2);
        SessionPool pool = SessionPool.of(model(), backend, THREADS)) {
      predict(threads, pool, expected, PREDICTIONS / 10);
      long before = usedHeap();
      predict(threads, pool, expected, PREDICTIONS);
      // A leak of the three numbers that a prediction returns would be 320 kB.
      assertThat(usedHeap() - before).isLessThan(Long.parseLong(slack.replace("_", "")));
    } finally {
      threads.shutdownNow();
    }
  }

  private static void predict(
      ExecutorService threads, SessionPool pool, List<float[]> expected, int predictions)
      throws Exception {
    List<Callable<Void>> work = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int first = thread;
      work.add(
          () -> {
            for (int i = first; i < predictions; i += THREADS) {
              assertThat(pool.predict(item(i % ITEMS))).isEqualTo(expected.get(i % ITEMS));
            }
            return null;
          });
    }
    for (Future<Void> done : threads.invokeAll(work)) {
      done.get();
    }
  }

  private static long usedHeap() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  void closedPool_refuses_andWaitsForWhatRuns() throws Exception {
    SessionPool pool = SessionPool.of(model(), 1);
    CountDownLatch lent = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    Future<float[]> running =
        threads.submit(
            () ->
                pool.use(
                    session -> {
                      lent.countDown();
                      await(goOn);
                      return session.predict(item(0));
                    }));
    lent.await();
    Future<?> closing = threads.submit(pool::close);
    assertThatThrownBy(() -> pool.predict(item(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThat(closing.isDone()).isFalse();
    goOn.countDown();
    assertThat(running.get()).hasSize(3);
    closing.get();
    pool.close();
    threads.shutdownNow();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Timeout(30)
  void closedWithinUse_endsWithTheSessionThatIsGivenBack() {
    SessionPool pool = SessionPool.of(model(), 2);
    float[] predicted =
        pool.use(
            session -> {
              pool.close();
              return session.predict(item(0));
            });
    assertThat(predicted).hasSize(3);
    assertThatThrownBy(() -> pool.predict(item(0))).hasMessageContaining("closed");
    pool.close();
  }

  @Test
  @Timeout(30)
  void threadThatHasAllSessions_isRefusedAnother_ratherThanWaitingForItself() {
    try (SessionPool pool = SessionPool.of(model(), 2)) {
      pool.use(
          first ->
              pool.use(
                  second -> {
                    assertThatThrownBy(() -> pool.predict(item(0)))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("has all sessions");
                    return null;
                  }));
      assertThat(pool.predict(item(0))).hasSize(3);
    }
  }

  @Test
  @Timeout(30)
  void waitingWithALimit_endsInABusyException_orInASession() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (SessionPool pool = SessionPool.of(model(), 1)) {
      CountDownLatch lent = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      Future<?> running =
          threads.submit(
              () ->
                  pool.use(
                      session -> {
                        lent.countDown();
                        await(goOn);
                        return null;
                      }));
      lent.await();
      for (Duration limit : List.of(Duration.ZERO, Duration.ofMillis(-5), Duration.ofMillis(20))) {
        assertThatThrownBy(() -> pool.use(limit, session -> session.predict(item(0))))
            .isInstanceOf(BusyException.class)
            .hasMessageContaining("within " + limit.toMillis() + " ms");
      }
      goOn.countDown();
      running.get();
      Duration forEver = Duration.ofSeconds(Long.MAX_VALUE);
      assertThat(pool.<float[]>use(forEver, session -> session.predict(item(0)))).hasSize(3);
      assertThat(pool.<float[]>use(Duration.ZERO, session -> session.predict(item(0)))).hasSize(3);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void sessionOfAPool_isThePoolsToClose() {
    try (SessionPool pool = SessionPool.of(model(), 1)) {
      assertThatThrownBy(
              () ->
                  pool.use(
                      session -> {
                        session.close();
                        return null;
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("belongs to a SessionPool");
      assertThat(pool.predict(item(0))).hasSize(3);
    }
  }

  @Test
  void sessionsAndPoolsWithoutABackend_shareOne_untilTheLastIsClosed() {
    Session first = Session.of(model());
    Backend shared = first.backend();
    try (Session second = Session.of(model());
        SessionPool pool = SessionPool.of(model(), 1)) {
      assertThat(second.backend()).isSameAs(shared);
      first.close();
      first.close();
      assertThat(pool.<Backend>use(Session::backend)).isSameAs(shared);
      assertThat(second.predict(item(0))).isEqualTo(pool.predict(item(0)));
    }
    try (Session later = Session.of(model())) {
      assertThat(later.backend()).isNotSameAs(shared);
      assertThat(later.predict(item(0))).hasSize(3);
    }
  }

  @Test
  void emptyPool_isRefused() {
    assertThatThrownBy(() -> SessionPool.of(model(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }

  @Test
  void oneSessionInTwoThreads_isRefused_untilTheFirstIsDone() {
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model(), backend)) {
      Tensor x = Tensor.of(Shape.of(1, 2, 6, 6), item(0));
      AtomicReference<Throwable> refused = new AtomicReference<>();
      // Whoever reads the inputs is in the middle of a run.
      Map<String, Tensor> inputs =
          new AbstractMap<>() {
            @Override
            public Tensor get(Object name) {
              refused.set(inAnotherThread(() -> session.predict(item(1))));
              return x;
            }

            @Override
            public Set<Entry<String, Tensor>> entrySet() {
              return Set.of(Map.entry("x", x));
            }
          };
      session.run(inputs);
      assertThat(refused.get())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in use by another thread");
      assertThat(inAnotherThread(() -> session.predict(item(1)))).isNull();
    }
  }

  private static Throwable inAnotherThread(Runnable work) {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(work);
    thread.setUncaughtExceptionHandler((t, e) -> thrown.set(e));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return thrown.get();
  }
}
