package dev.graft.core.backend.plain;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Kernel;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.reference.ReferenceBackend;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Kernels other than contractions against the specification, on shapes around the tile size. */
class JavaAgainstReferenceTest {

  private static final int[] SIZES = {0, 1, 7, 8, 49, 1023, 1024, 1025, 40_000};

  /** Runs one kernel on either backend. */
  private interface Kernel {
    void run(Backend b, Buffer[] inputs, Buffer y);
  }

  private static float[] random(int n, long seed) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      // Every eleventh is a corner case of some function.
      x[i] = i % 11 == 3 ? 0f : i % 11 == 5 ? 1f : 4 * Rng.uniform(seed, i) - 2;
    }
    return x;
  }

  private static Buffer buffer(Backend b, float[] x) {
    Buffer whole = b.allocate(x.length + 3);
    Buffer part = whole.slice(3, x.length);
    b.upload(x, 0, x.length, part);
    return part;
  }

  private static float[] run(Backend b, Kernel kernel, int outputs, float[]... inputs) {
    Buffer[] buffers = new Buffer[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      buffers[i] = buffer(b, inputs[i]);
    }
    float[] y = new float[outputs];
    Arrays.fill(y, Float.NaN);
    Buffer out = buffer(b, y);
    kernel.run(b, buffers, out);
    b.download(out, outputs, y, 0);
    return y;
  }

  /** Within {@code ulps} roundings of values up to the size of the expected one, or of 1. */
  private static void same(String what, double ulps, Kernel kernel, int outputs, float[]... in) {
    try (JavaBackend java = new JavaBackend(2);
        ReferenceBackend reference = new ReferenceBackend()) {
      float[] actual = run(java, kernel, outputs, in);
      float[] expected = run(reference, kernel, outputs, in);
      for (int i = 0; i < outputs; i++) {
        boolean equal = Float.compare(actual[i] + 0f, expected[i] + 0f) == 0;
        double tolerance = ulps * 0x1p-24 * Math.max(1, Math.abs(expected[i]));
        if (!equal && !(Math.abs(actual[i] - expected[i]) <= tolerance)) {
          throw new AssertionError(
              what + ": element " + i + " is " + actual[i] + ", expected " + expected[i]);
        }
      }
    }
  }

  @Test
  void unaryFunctionsAndGradients() {
    float[] special = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, 1e-40f, -1e-40f, 6f, -6f
    };
    for (UnaryOp op : UnaryOp.values()) {
      for (int n : SIZES) {
        float[] x = random(n, 1);
        System.arraycopy(special, 0, x, 0, Math.min(n, special.length));
        same(op + " of " + n, 8, (b, in, y) -> b.unary(op, 0.25, 0.75, n, in[0], y), n, x);
        float[] dy = random(n, 2);
        if (n > 20) {
          dy[12] = Float.NaN;
          dy[14] = Float.POSITIVE_INFINITY;
        }
        same(
            op + " gradient of " + n,
            8,
            (b, in, y) -> b.unaryGradient(op, 0.25, 0.75, n, in[0], in[1], y),
            n,
            x,
            dy);
      }
    }
  }

  @Test
  void binaryWithBroadcasts() {
    int[] shape = {3, 5, 300};
    int n = 4500;
    int[][] strides = {{1500, 300, 1}, {0, 300, 1}, {0, 1, 0}, {1, 0, 0}, {0, 0, 0}, {1, 3, 15}};
    for (BinaryOp op : BinaryOp.values()) {
      for (int[] a : strides) {
        for (int[] b : strides) {
          same(
              op + Arrays.toString(a) + Arrays.toString(b),
              1,
              (backend, in, y) -> backend.binary(op, shape, in[0], a, in[1], b, y),
              n,
              random(n, 1),
              random(n, 2));
        }
      }
      same(
          op + " of scalars",
          1,
          (b, in, y) -> b.binary(op, new int[0], in[0], new int[0], in[1], new int[0], y),
          1,
          random(1, 1),
          random(1, 2));
    }
  }

  @Test
  void copyBetweenLayouts() {
    int n = 6 * 7 * 80;
    int[] shape = {6, 7, 80};
    int[][] strides = {{560, 80, 1}, {1, 6, 42}, {80, 480, 1}, {7, 1, 42}};
    for (int[] from : strides) {
      for (int[] to : strides) {
        same("copy", 0, (b, in, y) -> b.copy(shape, in[0], 0, from, 0, to, y), n, random(n, 1));
      }
    }
    same(
        "reversed",
        0,
        (b, in, y) -> b.copy(new int[] {7, 10}, in[0], 9, new int[] {10, -1}, 0, ROWS, y),
        70,
        random(70, 1));
    same(
        "scalar",
        0,
        (b, in, y) -> b.copy(new int[0], in[0], 2, new int[0], 0, new int[0], y),
        1,
        random(3, 1));
  }

  private static final int[] ROWS = {10, 1};

  @Test
  void reductions() {
    int[][] shapes = {{}, {1}, {1500}, {3, 5, 7}, {2, 3, 4, 5}, {1200, 3}, {4, 1100}, {2, 0, 3}};
    for (int[] shape : shapes) {
      for (int mask = 0; mask < 1 << shape.length; mask++) {
        boolean[] reduced = new boolean[shape.length];
        int outputs = 1;
        int n = 1;
        for (int axis = 0; axis < shape.length; axis++) {
          reduced[axis] = (mask >> axis & 1) != 0;
          outputs *= reduced[axis] ? 1 : shape[axis];
          n *= shape[axis];
        }
        for (ReduceOp op : ReduceOp.values()) {
          float[] x = random(n, 1);
          same(
              op + Arrays.toString(shape) + Arrays.toString(reduced),
              64,
              (b, in, y) -> b.reduce(op, shape, reduced, in[0], y),
              outputs,
              x);
        }
      }
    }
    float[] x = random(3000, 1);
    x[1700] = Float.NaN;
    same(
        "NaN",
        0,
        (b, in, y) -> b.reduce(ReduceOp.MAX, new int[] {3000}, new boolean[] {true}, in[0], y),
        1,
        x);
  }

  private static final PoolGeometry[] POOLS = {
    new PoolGeometry(5, 7, 7, 1, 1, 7, 7, 1, 1, 1, 1, 0, 0, 0, 0, false),
    new PoolGeometry(6, 13, 12, 7, 6, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, false),
    new PoolGeometry(6, 13, 12, 7, 6, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, true),
    new PoolGeometry(2, 55, 55, 27, 27, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0, true),
    new PoolGeometry(3, 8, 8, 5, 5, 3, 2, 2, 2, 1, 1, 1, 0, 2, 3, true),
    new PoolGeometry(3, 9, 9, 5, 5, 3, 3, 1, 1, 2, 2, 0, 0, 0, 0, false),
    new PoolGeometry(2, 3, 3, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, false),
    new PoolGeometry(4, 56, 56, 56, 56, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, false),
  };

  @Test
  void pooling() {
    for (PoolGeometry g : POOLS) {
      int n = g.planes() * g.inPlane();
      int outputs = g.planes() * g.outPlane();
      float[] x = random(n, 1);
      x[n / 2] = Float.NaN;
      x[n / 3] = Float.NEGATIVE_INFINITY;
      same("max " + g, 0, (b, in, y) -> b.maxPool(g, in[0], null, y), outputs, x);
      same(
          "max with winners " + g,
          0,
          (b, in, y) -> b.maxPool(g, in[0], b.allocate(outputs), y),
          outputs,
          x);
      same(
          "winners " + g, 0, (b, in, y) -> b.maxPool(g, in[0], y, b.allocate(outputs)), outputs, x);
      same(
          "max gradient " + g,
          16,
          (b, in, y) -> {
            Buffer winners = b.allocate(outputs);
            b.maxPool(g, in[0], winners, b.allocate(outputs));
            b.maxPoolGradient(g, winners, in[1], y);
          },
          n,
          x,
          random(outputs, 2));
      same("average " + g, 16, (b, in, y) -> b.averagePool(g, in[0], y), outputs, random(n, 1));
      same(
          "average gradient " + g,
          16,
          (b, in, y) -> b.averagePoolGradient(g, in[0], y),
          n,
          random(outputs, 2));
    }
  }

  @Test
  void normalisation() {
    for (int[] s : new int[][] {{1, 1, 1}, {2, 3, 5}, {4, 6, 49}, {3, 5, 1}, {2, 3, 1200}}) {
      int n = s[0] * s[1] * s[2];
      int c = s[1];
      float[] x = random(n, 1);
      float[] z = random(n, 2);
      float[] p = random(c, 3);
      float[] q = random(c, 4);
      float[] r = random(c, 5);
      BiConsumer<String, Kernel> perElement =
          (what, kernel) -> same(what, 8, kernel, n, x, z, p, q, r);
      BiConsumer<String, Kernel> perChannel =
          (what, kernel) -> same(what, s[0] * s[2] + 8, kernel, c, x, z, p);
      perElement.accept(
          "affine", (b, in, y) -> b.channelAffine(s[0], c, s[2], in[0], in[2], in[3], y));
      perElement.accept(
          "combine",
          (b, in, y) -> b.channelCombine(s[0], c, s[2], in[0], in[2], in[1], in[3], in[4], y));
      perChannel.accept(
          "mean", (b, in, y) -> b.channelMoments(s[0], c, s[2], in[0], y, b.allocate(c)));
      perChannel.accept(
          "variance", (b, in, y) -> b.channelMoments(s[0], c, s[2], in[0], b.allocate(c), y));
      perChannel.accept(
          "sum",
          (b, in, y) ->
              b.channelGradientSums(s[0], c, s[2], in[0], in[2], in[1], y, b.allocate(c)));
      perChannel.accept(
          "dot",
          (b, in, y) ->
              b.channelGradientSums(s[0], c, s[2], in[0], in[2], in[1], b.allocate(c), y));
    }
  }

  @Test
  void softmaxes() {
    for (int[] s : new int[][] {{1, 1, 1}, {3, 10, 1}, {2, 1000, 1}, {2, 1100, 1}, {2, 21, 13}}) {
      int n = s[0] * s[1] * s[2];
      float[] x = random(n, 1);
      float[] dy = random(n, 2);
      same("softmax", 8, (b, in, y) -> b.softmax(s[0], s[1], s[2], in[0], y), n, x);
      same("log softmax", 16, (b, in, y) -> b.logSoftmax(s[0], s[1], s[2], in[0], y), n, x);
      same(
          "softmax gradient",
          s[1] + 8,
          (b, in, y) -> b.softmaxGradient(s[0], s[1], s[2], in[0], in[1], y),
          n,
          x,
          dy);
      same(
          "softmax gradient, y as dy",
          s[1] + 8,
          (b, in, y) -> b.softmaxGradient(s[0], s[1], s[2], in[0], in[0], y),
          n,
          x);
      same(
          "log softmax gradient",
          s[1] + 8,
          (b, in, y) -> b.logSoftmaxGradient(s[0], s[1], s[2], in[0], in[1], y),
          n,
          x,
          dy);
    }
  }

  @Test
  void optimizers() {
    int n = 1500;
    for (int variant = 0; variant < 4; variant++) {
      double momentum = variant == 0 ? 0 : 0.9;
      boolean nesterov = variant == 2;
      same(
          "sgd",
          8,
          (b, in, y) -> {
            b.copy(new int[] {n}, in[2], 0, ONE, 0, ONE, y);
            b.sgd(n, 0.1, momentum, nesterov, 0.01, in[0], in[1], y);
            b.sgd(n, 0.1, momentum, nesterov, 0.01, in[0], in[1], y);
          },
          n,
          random(n, 1),
          random(n, 2),
          random(n, 3));
    }
    float[] second = random(n, 4);
    for (int i = 0; i < n; i++) {
      second[i] = Math.abs(second[i]);
    }
    same(
        "adamW",
        32,
        (b, in, y) -> {
          b.copy(new int[] {n}, in[3], 0, ONE, 0, ONE, y);
          b.adamW(n, 0.01, 0.9, 0.999, 1e-8, 0.1, 3, in[0], in[1], in[2], y);
          b.adamW(n, 0.01, 0.9, 0.999, 1e-8, 0.1, 4, in[0], in[1], in[2], y);
        },
        n,
        random(n, 1),
        random(n, 2),
        second,
        random(n, 3));
    same("axpy", 2, (b, in, y) -> axpy(b, in, y, n), n, random(n, 1), random(n, 2));
    same("fill", 0, (b, in, y) -> b.fill(n, 1.5, y), n);
  }

  private static final int[] ONE = {1};

  private static void axpy(Backend b, Buffer[] in, Buffer y, int n) {
    b.copy(new int[] {n}, in[0], 0, ONE, 0, ONE, y);
    b.axpy(n, 0.3, in[1], y);
  }
}
