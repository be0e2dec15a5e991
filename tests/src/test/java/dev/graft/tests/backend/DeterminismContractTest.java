package dev.graft.tests.backend;

import static dev.graft.tests.backend.Geometries.inputs;
import static dev.graft.tests.backend.Geometries.outputs;
import static dev.graft.tests.backend.Geometries.square;
import static dev.graft.tests.backend.Geometries.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same call gives the same bits: with one thread, with two and with three, and while the JIT
 * replaces interpreted code by compiled code.
 */
class DeterminismContractTest {

  /** Enough calls for a hot loop to be compiled twice, on each number of threads. */
  private static final int REPETITIONS = 51;

  /** The same where loops are not cut: of the longest operand, few calls make a loop hot. */
  private static final int REPETITIONS_ON_ONE_THREAD = 12;

  private static final int THREADS = 3;

  /** A kernel with two operands and an output. */
  private interface Call {
    void run(Backend backend, Buffer a, Buffer b, Buffer y);
  }

  /**
   * @param a elements of the first operand
   * @param b elements of the second operand
   * @param y elements of the output
   */
  private record Job(int a, int b, int y, Call call) {

    float[] run(Backend backend) {
      float[] result = new float[y];
      Arrays.fill(result, 0.5f);
      Buffer first = upload(backend, a, 1);
      Buffer second = upload(backend, b, 2);
      Buffer output = backend.allocate(y + 1).slice(1, y);
      backend.upload(result, 0, y, output);
      call.run(backend, first, second, output);
      backend.download(output, y, result, 0);
      return result;
    }

    private static Buffer upload(Backend backend, int n, long key) {
      float[] values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = 2 * Rng.uniform(key, i) - 1;
      }
      Buffer buffer = backend.allocate(n + 3).slice(3, n);
      backend.upload(values, 0, n, buffer);
      return buffer;
    }
  }

  private static Map<String, Job> jobs() {
    Map<String, Job> jobs = new LinkedHashMap<>();
    int n = Sizes.LONG;
    for (UnaryOp op : UnaryOp.values()) {
      jobs.put(op.name(), new Job(n, 0, n, (on, a, b, y) -> on.unary(op, 2, 3, n, a, y)));
      jobs.put(
          op + " gradient",
          new Job(n, n, n, (on, a, b, y) -> on.unaryGradient(op, 2, 3, n, a, b, y)));
    }
    int[] dense = {1};
    for (BinaryOp op : BinaryOp.values()) {
      jobs.put(
          op.name(),
          new Job(n, n, n, (on, a, b, y) -> on.binary(op, new int[] {n}, a, dense, b, dense, y)));
    }
    jobs.put("axpy", new Job(n, 0, n, (on, a, b, y) -> on.axpy(n, 0.1, a, y)));
    jobs.put("dropout", new Job(n, 0, n, (on, a, b, y) -> on.dropout(n, 0.3, 9, a, y)));
    putSums(jobs);
    putProducts(jobs);
    putChannels(jobs);
    jobs.put("sgd", new Job(n, n, n, (on, a, b, y) -> on.sgd(n, 0.1, 0.9, true, 0.01, a, b, y)));
    jobs.put(
        "adamW",
        new Job(
            n,
            n,
            2 * n,
            (on, a, b, y) -> {
              Buffer v = y.slice(0, n);
              on.adamW(n, 0.1, 0.9, 0.999, 1e-8, 0.01, 3, a, b, v, y.slice(n, n));
            }));
    return jobs;
  }

  private static void putSums(Map<String, Job> jobs) {
    int n = Sizes.LONG;
    boolean[] first = {true, false};
    boolean[] last = {false, true};
    int[] tall = {n / 7, 7};
    int[] wide = {7, n / 7};
    for (ReduceOp op : new ReduceOp[] {ReduceOp.SUM, ReduceOp.MEAN}) {
      jobs.put(
          op + " of all",
          new Job(
              n, 0, 1, (on, a, b, y) -> on.reduce(op, new int[] {n}, new boolean[] {true}, a, y)));
      jobs.put(op + " of rows", new Job(n, 0, 7, (on, a, b, y) -> on.reduce(op, wide, last, a, y)));
      jobs.put(
          op + " of columns", new Job(n, 0, 7, (on, a, b, y) -> on.reduce(op, tall, first, a, y)));
    }
    boolean[] exceptMiddle = {true, false, true};
    jobs.put(
        "SUM of channels",
        new Job(
            n,
            0,
            10,
            (on, a, b, y) -> on.reduce(ReduceOp.SUM, new int[] {7, 10, 1000}, exceptMiddle, a, y)));
    PoolGeometry whole = new PoolGeometry(700, 7, 7, 1, 1, 7, 7, 1, 1, 1, 1, 0, 0, 0, 0, false);
    jobs.put(
        "averagePool of whole planes",
        new Job(700 * 49, 0, 700, (on, a, b, y) -> on.averagePool(whole, a, y)));
    PoolGeometry pool = new PoolGeometry(20, 29, 29, 15, 15, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, false);
    int in = 20 * pool.inPlane();
    int out = 20 * pool.outPlane();
    jobs.put("averagePool", new Job(in, 0, out, (on, a, b, y) -> on.averagePool(pool, a, y)));
    jobs.put(
        "averagePoolGradient",
        new Job(out, 0, in, (on, a, b, y) -> on.averagePoolGradient(pool, a, y)));
    jobs.put(
        "maxPoolGradient",
        new Job(
            in,
            out,
            in,
            (on, a, b, y) -> {
              Buffer winners = on.allocate(out);
              on.maxPool(pool, a, winners, on.allocate(out));
              on.maxPoolGradient(pool, winners, b, y);
            }));
  }

  private static void putProducts(Map<String, Job> jobs) {
    for (int kind = 0; kind < 4; kind++) {
      GemmGeometry g = GemmGeometry.of(kind % 2 == 1, kind / 2 == 1, 65, 129, 300);
      jobs.put(
          g.toString(),
          new Job(65 * 300, 300 * 129, 65 * 129, (on, a, b, y) -> on.gemm(g, 0.5, a, b, 0.25, y)));
    }
    GemmGeometry vector = GemmGeometry.of(false, false, 1, 500, 300);
    jobs.put(
        "vector times matrix",
        new Job(300, 150_000, 500, (on, a, b, y) -> on.gemm(vector, 1, a, b, 0, y)));
    // A row, a column, few rows of one against the rows of the other, and few columns: tall, wide,
    // narrow. Then one that is cut by its rows, since it has few columns for several threads.
    put(jobs, GemmGeometry.of(false, true, 1, 700, 301));
    put(jobs, GemmGeometry.of(false, false, 700, 1, 301));
    put(jobs, GemmGeometry.of(false, true, 13, 300, 211));
    put(jobs, GemmGeometry.of(false, true, 300, 7, 211));
    put(jobs, GemmGeometry.of(false, false, 500, 90, 190));
    put(jobs, GemmGeometry.of(false, false, 9, 1000, 190));
    put(jobs, GemmGeometry.of(false, false, 500, 10, 400));
    put(jobs, GemmGeometry.of(true, false, 200, 40, 400));
    put(jobs, new ConvGeometry(3, 8, 17, 19, 12, 1, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1));
    put(jobs, new ConvGeometry(3, 33, 13, 13, 17, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0));
    put(jobs, new ConvGeometry(3, 20, 17, 19, 20, 20, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1));
    put(jobs, new ConvGeometry(2, 3, 31, 31, 12, 1, 7, 7, 2, 2, 1, 1, 3, 3, 3, 3));
    put(jobs, new ConvGeometry(2, 40, 23, 25, 40, 40, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1));
    put(jobs, new ConvGeometry(3, 90, 7, 7, 180, 90, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1));
    put(jobs, new ConvGeometry(1, 48, 14, 14, 48, 48, 5, 5, 1, 1, 1, 1, 2, 2, 2, 2));
    // A fast convolution; gradients to the weight that sum over large planes, and over many images.
    put(jobs, square(2, 48, 14, 48, 1, 3, 1, 1));
    put(jobs, square(2, 5, 37, 19, 1, 3, 1, 1));
    put(jobs, square(13, 30, 5, 21, 1, 3, 1, 1));
    put(jobs, square(3, 200, 7, 20, 1, 1, 1, 0));
  }

  private static void put(Map<String, Job> jobs, GemmGeometry g) {
    jobs.put(
        g.toString(),
        new Job(
            g.m() * g.k(),
            g.k() * g.n(),
            g.m() * g.n(),
            (on, a, b, y) -> on.gemm(g, 1, a, b, 0, y)));
    Epilogue epilogue = new Epilogue(true, true, UnaryOp.RELU, 0, 0);
    jobs.put(
        "prepared " + g,
        new Job(
            g.m() * g.k(),
            g.k() * g.n(),
            g.m() * g.n(),
            (on, a, b, o) -> {
              Kernel kernel = on.prepare(g, epilogue, false);
              kernel.pack(b);
              kernel.run(a, b.slice(0, g.n()), o, o);
            }));
  }

  private static void put(Map<String, Job> jobs, ConvGeometry g) {
    int x = inputs(g);
    int w = weights(g);
    int y = outputs(g);
    jobs.put("forward " + g, new Job(x, w, y, (on, a, b, o) -> on.convolution(g, a, b, null, o)));
    jobs.put(
        "to the input " + g,
        new Job(y, w, x, (on, a, b, o) -> on.convolutionGradientInput(g, a, b, o)));
    jobs.put(
        "to the weight " + g,
        new Job(x, y, w, (on, a, b, o) -> on.convolutionGradientWeight(g, a, b, o)));
    Epilogue epilogue = new Epilogue(true, true, UnaryOp.RELU, 0, 0);
    jobs.put(
        "prepared " + g,
        new Job(
            x,
            w,
            y,
            (on, a, b, o) -> {
              Kernel kernel = on.prepare(g, epilogue, false);
              kernel.pack(b);
              kernel.run(a, b.slice(0, g.outChannels()), o, o);
            }));
  }

  private static void putChannels(Map<String, Job> jobs) {
    int channels = 11;
    int plane = 29 * 29;
    int n = 4 * channels * plane;
    jobs.put(
        "channelMoments",
        new Job(
            n,
            0,
            2 * channels,
            (on, a, b, y) ->
                on.channelMoments(
                    4, channels, plane, a, y.slice(0, channels), y.slice(channels, channels))));
    jobs.put(
        "channelGradientSums",
        new Job(
            n,
            n,
            2 * channels,
            (on, a, b, y) ->
                on.channelGradientSums(
                    4,
                    channels,
                    plane,
                    a,
                    b.slice(0, channels),
                    b,
                    y.slice(0, channels),
                    y.slice(channels, channels))));
    jobs.put(
        "channelAffine",
        new Job(
            n,
            2 * channels,
            n,
            (on, a, b, y) ->
                on.channelAffine(
                    4, channels, plane, a, b.slice(0, channels), b.slice(channels, channels), y)));
    jobs.put(
        "channelMoments of small planes",
        new Job(
            700 * 49,
            0,
            200,
            (on, a, b, y) -> on.channelMoments(7, 100, 49, a, y.slice(0, 100), y.slice(100, 100))));
    jobs.put(
        "channelCombine",
        new Job(
            n,
            n,
            n,
            (on, a, b, y) -> {
              Buffer scale = b.slice(0, channels);
              on.channelCombine(4, channels, plane, a, scale, b, scale, scale, y);
            }));
    for (int inner : new int[] {1, 41}) {
      String name = " with " + inner + " inside";
      int rows = 41 / inner;
      int all = 41 * 600;
      jobs.put(
          "softmax" + name,
          new Job(all, 0, all, (on, a, b, y) -> on.softmax(rows, 600, inner, a, y)));
      jobs.put(
          "softmaxGradient" + name,
          new Job(all, all, all, (on, a, b, y) -> on.softmaxGradient(rows, 600, inner, a, b, y)));
      jobs.put(
          "logSoftmax" + name,
          new Job(all, 0, all, (on, a, b, y) -> on.logSoftmax(rows, 600, inner, a, y)));
      jobs.put(
          "logSoftmaxGradient" + name,
          new Job(
              all, all, all, (on, a, b, y) -> on.logSoftmaxGradient(rows, 600, inner, a, b, y)));
    }
  }

  static Stream<String> names() {
    return ContractBackends.names();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("names")
  void sameBits_whateverTheThreadsAndTheJit(String name) {
    Backend[] backends = new Backend[THREADS];
    for (int i = 0; i < THREADS; i++) {
      backends[i] = Backends.byName(name, i + 1);
    }
    int repetitions =
        backends[THREADS - 1].threads() == 1 ? REPETITIONS_ON_ONE_THREAD : REPETITIONS;
    try {
      jobs()
          .forEach(
              (title, job) -> {
                float[] first = job.run(backends[0]);
                for (int repetition = 1; repetition < repetitions; repetition++) {
                  Backend backend = backends[repetition % THREADS];
                  // Bits, so that NaN equals NaN and the sign of a zero counts.
                  assertThat(Arrays.compare(job.run(backend), first))
                      .as(
                          "%s on %s: repetition %d, %d threads",
                          title, name, repetition, 1 + repetition % THREADS)
                      .isZero();
                }
              });
    } finally {
      for (Backend backend : backends) {
        backend.close();
      }
    }
  }
}
