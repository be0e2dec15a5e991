package dev.graft.core.backend.plain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Composed;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Agreement with naive loops in double on awkward shapes, and the same bits on any thread count.
 */
class JavaBackendTest {

  private static final float[] EMPTY = {};

  private static float[] random(int n, long seed) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = 2 * Rng.uniform(seed, i) - 1;
    }
    return x;
  }

  /** A buffer at an odd offset, so that nothing relies on offset zero. */
  private static HostBuffer place(float[] x) {
    float[] array = new float[x.length + 8];
    Arrays.fill(array, Float.NaN);
    System.arraycopy(x, 0, array, 5, x.length);
    return new HostBuffer(array, 5, x.length);
  }

  private static HostBuffer blank(int n) {
    float[] x = new float[n];
    Arrays.fill(x, Float.NaN);
    return place(x);
  }

  private static float[] read(HostBuffer b) {
    return Arrays.copyOfRange(b.array(), b.offset(), b.offset() + b.length());
  }

  /**
   * Each of k fused multiply-adds rounds a partial sum by 2^-24 of its size. The partial sums of
   * random terms within 1 are of size sqrt(k), and so are k roundings together: k 2^-24, times 4 as
   * a margin for chance.
   */
  private static void assertClose(String what, float[] actual, double[] expected, int k) {
    double tolerance = 4.0 * (k + 1) * 0x1p-24;
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
        throw new AssertionError(
            what + ": element " + i + " is " + actual[i] + ", expected " + expected[i]);
      }
    }
  }

  private static float[] gemm(JavaBackend b, GemmGeometry g, double alpha, double beta) {
    HostBuffer x = place(random(g.batch() * g.m() * g.k(), 1));
    HostBuffer y = place(random(g.batch() * g.n() * g.k(), 2));
    HostBuffer c =
        beta == 0 ? blank(g.batch() * g.m() * g.n()) : place(random(g.batch() * g.m() * g.n(), 3));
    b.gemm(g, alpha, x, y, beta, c);
    return read(c);
  }

  private static double[] naiveGemm(GemmGeometry g, double alpha, double beta) {
    float[] x = random(g.batch() * g.m() * g.k(), 1);
    float[] y = random(g.batch() * g.n() * g.k(), 2);
    float[] z = random(g.batch() * g.m() * g.n(), 3);
    double[] c = new double[z.length];
    for (int image = 0; image < g.batch(); image++) {
      for (int i = 0; i < g.m(); i++) {
        for (int j = 0; j < g.n(); j++) {
          double sum = 0;
          for (int p = 0; p < g.k(); p++) {
            int a = image * g.strideA() + (g.transposeA() ? p * g.m() + i : i * g.k() + p);
            int b = image * g.strideB() + (g.transposeB() ? j * g.k() + p : p * g.n() + j);
            sum += (double) x[a] * y[b];
          }
          int at = image * g.strideC() + i * g.n() + j;
          c[at] = alpha * sum + (beta == 0 ? 0 : beta * z[at]);
        }
      }
    }
    return c;
  }

  private static final int[][] PRODUCTS = {
    {1, 1, 1},
    {1, 7, 5},
    {7, 1, 5},
    {3, 5, 0},
    {5, 3, 2},
    {4, 16, 64},
    {5, 17, 65},
    {1, 1000, 512},
    {64, 10, 33},
    {10, 64, 33},
    {129, 1037, 3},
    {33, 300, 130},
    {257, 48, 66},
    {200, 1100, 130},
    {2, 70, 9},
    {1000, 1, 77}
  };

  @Test
  void gemm_agreesWithNaiveLoops_forAllTransposes() {
    try (JavaBackend b = new JavaBackend(2)) {
      for (int[] s : PRODUCTS) {
        for (int variant = 0; variant < 16; variant++) {
          boolean ta = (variant & 1) != 0;
          boolean tb = (variant & 2) != 0;
          double alpha = (variant & 4) != 0 ? 1 : 0.5;
          double beta = (variant & 8) != 0 ? 0 : 0.75;
          int batch = 1 + variant % 3;
          int m = s[0];
          int n = s[1];
          int k = s[2];
          GemmGeometry g = new GemmGeometry(batch, ta, tb, m, n, k, m * k, k * n, m * n);
          assertClose(g.toString(), gemm(b, g, alpha, beta), naiveGemm(g, alpha, beta), k);
        }
      }
    }
  }

  private static ConvGeometry conv(
      int batch,
      int in,
      int h,
      int w,
      int out,
      int groups,
      int kernel,
      int stride,
      int dilation,
      int pad) {
    return new ConvGeometry(
        batch, in, h, w, out, groups, kernel, kernel, stride, stride, dilation, dilation, pad, pad,
        pad, pad);
  }

  private static final ConvGeometry[] CONVOLUTIONS = {
    conv(1, 1, 1, 1, 1, 1, 1, 1, 1, 0),
    conv(2, 3, 9, 11, 5, 1, 3, 1, 1, 1),
    conv(3, 3, 32, 32, 16, 1, 3, 2, 1, 1),
    conv(2, 3, 23, 21, 6, 1, 7, 2, 1, 3),
    conv(2, 16, 7, 7, 24, 1, 1, 1, 1, 0),
    conv(2, 24, 7, 7, 16, 1, 1, 1, 1, 0),
    conv(2, 16, 8, 8, 24, 1, 1, 2, 1, 0),
    conv(5, 20, 4, 4, 130, 1, 3, 1, 1, 1),
    conv(1, 70, 14, 14, 9, 1, 3, 1, 1, 1),
    conv(2, 8, 13, 13, 8, 8, 3, 1, 1, 1),
    conv(3, 8, 13, 13, 8, 8, 3, 2, 1, 1),
    conv(2, 8, 13, 13, 16, 8, 5, 1, 1, 2),
    conv(1, 6, 40, 40, 6, 6, 3, 1, 1, 1),
    conv(2, 6, 10, 10, 9, 3, 3, 1, 1, 1),
    conv(2, 4, 12, 12, 4, 1, 3, 1, 2, 2),
    conv(2, 4, 12, 12, 4, 1, 3, 3, 2, 0),
    conv(1, 2, 3, 3, 2, 1, 3, 1, 1, 3),
    conv(1, 2, 5, 5, 2, 1, 1, 3, 1, 1),
    conv(2, 2, 40, 40, 3, 1, 33, 1, 1, 0),
    new ConvGeometry(2, 3, 8, 15, 4, 1, 2, 5, 2, 1, 1, 3, 0, 1, 1, 4),
    new ConvGeometry(2, 3, 1, 30, 4, 1, 1, 5, 1, 2, 1, 1, 0, 2, 0, 1),
  };

  private interface Visitor {
    void visit(int x, int w, int y);
  }

  private static void visit(ConvGeometry g, Visitor visitor) {
    int groupIn = g.inChannels() / g.groups();
    int groupOut = g.outChannels() / g.groups();
    for (int n = 0; n < g.batch(); n++) {
      for (int o = 0; o < g.outChannels(); o++) {
        for (int oh = 0; oh < g.outHeight(); oh++) {
          for (int ow = 0; ow < g.outWidth(); ow++) {
            int y = ((n * g.outChannels() + o) * g.outHeight() + oh) * g.outWidth() + ow;
            for (int c = 0; c < groupIn; c++) {
              for (int kh = 0; kh < g.kernelHeight(); kh++) {
                for (int kw = 0; kw < g.kernelWidth(); kw++) {
                  int h = oh * g.strideHeight() - g.padTop() + kh * g.dilationHeight();
                  int w = ow * g.strideWidth() - g.padLeft() + kw * g.dilationWidth();
                  if (h >= 0 && h < g.inHeight() && w >= 0 && w < g.inWidth()) {
                    int channel = o / groupOut * groupIn + c;
                    visitor.visit(
                        ((n * g.inChannels() + channel) * g.inHeight() + h) * g.inWidth() + w,
                        ((o * groupIn + c) * g.kernelHeight() + kh) * g.kernelWidth() + kw,
                        y);
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  private static int inputs(ConvGeometry g) {
    return g.batch() * g.inChannels() * g.inPlane();
  }

  private static int outputs(ConvGeometry g) {
    return g.batch() * g.outChannels() * g.outPlane();
  }

  private static int weights(ConvGeometry g) {
    return g.outChannels() * g.patch();
  }

  @Test
  void convolution_andGradients_agreeWithNaiveLoops() {
    try (JavaBackend b = new JavaBackend(2)) {
      for (ConvGeometry g : CONVOLUTIONS) {
        float[] x = random(inputs(g), 1);
        float[] w = random(weights(g), 2);
        float[] bias = random(g.outChannels(), 3);
        float[] dy = random(outputs(g), 4);
        double[] y = new double[dy.length];
        double[] dx = new double[x.length];
        double[] dw = new double[w.length];
        for (int i = 0; i < y.length; i++) {
          y[i] = bias[i / g.outPlane() % g.outChannels()];
        }
        visit(
            g,
            (i, j, o) -> {
              y[o] += (double) x[i] * w[j];
              dx[i] += (double) dy[o] * w[j];
              dw[j] += (double) dy[o] * x[i];
            });
        HostBuffer actual = blank(y.length);
        b.convolution(g, place(x), place(w), place(bias), actual);
        assertClose("y of " + g, read(actual), y, g.patch());
        actual = blank(dx.length);
        b.convolutionGradientInput(g, place(dy), place(w), actual);
        assertClose("dx of " + g, read(actual), dx, g.outChannels() * g.patch());
        actual = blank(dw.length);
        b.convolutionGradientWeight(g, place(x), place(dy), actual);
        assertClose("dw of " + g, read(actual), dw, g.batch() * g.outPlane());
      }
    }
  }

  @Test
  void columns_agreeWithNaiveConvolution() {
    try (JavaBackend b = new JavaBackend(2)) {
      for (ConvGeometry g : CONVOLUTIONS) {
        HostBuffer x = place(random(inputs(g), 1));
        HostBuffer w = place(random(weights(g), 2));
        HostBuffer dy = place(random(outputs(g), 4));
        HostBuffer composed = blank(outputs(g));
        HostBuffer direct = blank(outputs(g));
        Composed.convolution(b, g, x, w, null, composed);
        b.convolution(g, x, w, null, direct);
        assertThat(read(composed)).as("y of %s", g).isEqualTo(read(direct));
        composed = blank(inputs(g));
        direct = blank(inputs(g));
        Composed.convolutionGradientInput(b, g, dy, w, composed);
        b.convolutionGradientInput(g, dy, w, direct);
        double[] expected = new double[direct.length()];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = read(direct)[i];
        }
        assertClose("dx of " + g, read(composed), expected, 2 * g.outChannels() * g.patch());
      }
    }
  }

  @Test
  void sameBits_whateverTheThreadCount() {
    try (JavaBackend one = new JavaBackend(1);
        JavaBackend many = new JavaBackend(5)) {
      GemmGeometry product = GemmGeometry.of(false, true, 130, 700, 300);
      assertThat(gemm(one, product, 1, 0)).isEqualTo(gemm(many, product, 1, 0));
      for (ConvGeometry g : CONVOLUTIONS) {
        assertThat(everything(one, g)).as("%s", g).isEqualTo(everything(many, g));
      }
    }
  }

  /** Interpreter, C1 and C2 take turns at this within one run. */
  @Test
  void sameBits_beforeAndAfterCompilation() {
    ConvGeometry g = conv(2, 8, 13, 13, 8, 1, 3, 1, 1, 1);
    try (JavaBackend b = new JavaBackend(2)) {
      float[] first = everything(b, g);
      for (int i = 0; i < 400; i++) {
        assertThat(everything(b, g)).isEqualTo(first);
      }
    }
  }

  private static float[] everything(JavaBackend b, ConvGeometry g) {
    HostBuffer x = place(random(inputs(g), 1));
    HostBuffer w = place(random(weights(g), 2));
    HostBuffer dy = place(random(outputs(g), 4));
    float[] all = EMPTY;
    HostBuffer out = blank(outputs(g));
    b.convolution(g, x, w, null, out);
    all = concat(all, read(out));
    out = blank(inputs(g));
    b.convolutionGradientInput(g, dy, w, out);
    all = concat(all, read(out));
    out = blank(weights(g));
    b.convolutionGradientWeight(g, x, dy, out);
    all = concat(all, read(out));
    HostBuffer mean = blank(g.inChannels());
    HostBuffer variance = blank(g.inChannels());
    b.channelMoments(g.batch(), g.inChannels(), g.inPlane(), x, mean, variance);
    all = concat(concat(all, read(mean)), read(variance));
    int n = inputs(g);
    for (UnaryOp op : new UnaryOp[] {UnaryOp.EXP, UnaryOp.SIGMOID, UnaryOp.TANH, UnaryOp.LOG}) {
      out = blank(n);
      b.unary(op, 0, 0, n, x, out);
      all = concat(all, read(out));
    }
    out = blank(n);
    b.softmax(g.batch(), g.inChannels(), g.inPlane(), x, out);
    all = concat(all, read(out));
    out = blank(1);
    b.reduce(ReduceOp.SUM, new int[] {n}, new boolean[] {true}, x, out);
    return concat(all, read(out));
  }

  private static float[] concat(float[] a, float[] b) {
    float[] c = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, c, a.length, b.length);
    return c;
  }

  @Test
  void dropout_keepsWhatTheGeneratorSays() {
    try (JavaBackend b = new JavaBackend(2)) {
      float[] x = random(5000, 1);
      for (double ratio : new double[] {0, 0.1, 0.3, 0.5, 0.999}) {
        HostBuffer y = blank(x.length);
        b.dropout(x.length, ratio, 77, place(x), y);
        float[] expected = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          boolean kept = Rng.uniform(77, i) >= ratio;
          expected[i] = kept ? x[i] * (float) (1 / (1 - ratio)) : 0f;
        }
        assertThat(read(y)).isEqualTo(expected);
      }
    }
  }

  @Test
  void moments_neverStayDenormal() {
    try (JavaBackend b = new JavaBackend(1)) {
      HostBuffer g = place(new float[] {0f, 0f});
      HostBuffer v = place(new float[] {1f, 1e-29f});
      HostBuffer w = place(new float[] {0f, 0f});
      for (int step = 0; step < 2000; step++) {
        b.sgd(2, 0.01, 0.9, false, 0, g, v, w);
      }
      assertThat(read(v)).containsExactly(0f, 0f);
    }
  }
}
