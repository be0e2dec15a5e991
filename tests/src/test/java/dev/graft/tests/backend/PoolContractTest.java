package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Maxima and means of windows, and their gradients. */
class PoolContractTest {

  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  /** Rows only: one plane of height 1. */
  private static PoolGeometry line(int in, int out, int kernel, int stride, int left, int right) {
    return new PoolGeometry(1, 1, in, 1, out, 1, kernel, 1, stride, 1, 1, 0, left, 0, right, false);
  }

  /** A square pooling whose output size is rounded up or down. */
  private static PoolGeometry square(
      int planes, int in, int kernel, int stride, int pad, boolean up, boolean countIncludePad) {
    int room = in + 2 * pad - kernel;
    int out = (up ? (room + stride - 1) / stride : room / stride) + 1;
    if (up && (out - 1) * stride >= in + pad) {
      out--; // A last window that starts in the bottom padding is dropped, as ONNX has it.
    }
    return new PoolGeometry(
        planes,
        in,
        in,
        out,
        out,
        kernel,
        kernel,
        stride,
        stride,
        1,
        1,
        pad,
        pad,
        pad,
        pad,
        countIncludePad);
  }

  static List<PoolGeometry> all() {
    List<PoolGeometry> cases = new ArrayList<>();
    for (boolean count : new boolean[] {false, true}) {
      for (int size : Sizes.EDGES) {
        if (size >= 3 && size <= 33) {
          cases.add(square(3, size, 2, 2, 0, false, count));
          cases.add(square(3, size, 2, 2, 0, true, count));
          cases.add(square(2, size, 3, 2, 1, false, count));
          cases.add(square(2, size, 3, 2, 1, true, count));
          cases.add(square(2, size, 3, 1, 1, false, count));
          cases.add(square(2, size, 3, 2, 0, true, count));
        }
      }
      // The whole plane; one element; a stride beyond the kernel; many planes.
      cases.add(square(5, 7, 7, 1, 0, false, count));
      cases.add(square(3, 1, 1, 1, 0, false, count));
      cases.add(square(3, 11, 2, 4, 0, true, count));
      cases.add(square(65, 8, 3, 2, 1, true, count));
      // Every parameter different on the two axes, and on the four sides.
      cases.add(new PoolGeometry(2, 13, 19, 7, 6, 3, 5, 2, 3, 1, 1, 1, 2, 2, 0, count));
      cases.add(new PoolGeometry(2, 17, 12, 6, 10, 3, 2, 3, 1, 2, 2, 2, 1, 0, 1, count));
      // One position of each window lies below the padding of a size that was rounded up.
      cases.add(new PoolGeometry(2, 6, 6, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1, 0, 0, count));
      cases.add(new PoolGeometry(1, 6, 6, 3, 3, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0, count));
    }
    for (int trial = 0; trial < 60; trial++) {
      long key = Rng.key(trial, "pool");
      int kernelHeight = 1 + Rng.below(key, 0, 4);
      int kernelWidth = 1 + Rng.below(key, 1, 4);
      int dilationHeight = 1 + Rng.below(key, 2, 2);
      int dilationWidth = 1 + Rng.below(key, 3, 2);
      int strideHeight = 1 + Rng.below(key, 4, 3);
      int strideWidth = 1 + Rng.below(key, 5, 3);
      int inHeight = dilationHeight * (kernelHeight - 1) + 1 + Rng.below(key, 6, 10);
      int inWidth = dilationWidth * (kernelWidth - 1) + 1 + Rng.below(key, 7, 20);
      int top = Rng.below(key, 8, kernelHeight);
      int left = Rng.below(key, 9, kernelWidth);
      int bottom = Rng.below(key, 10, kernelHeight);
      int right = Rng.below(key, 11, kernelWidth);
      int spanHeight = inHeight + top + bottom - dilationHeight * (kernelHeight - 1) - 1;
      int spanWidth = inWidth + left + right - dilationWidth * (kernelWidth - 1) - 1;
      int up = Rng.below(key, 12, 2);
      cases.add(
          new PoolGeometry(
              1 + Rng.below(key, 13, 3),
              inHeight,
              inWidth,
              (spanHeight + up * (strideHeight - 1)) / strideHeight + 1,
              (spanWidth + up * (strideWidth - 1)) / strideWidth + 1,
              kernelHeight,
              kernelWidth,
              strideHeight,
              strideWidth,
              dilationHeight,
              dilationWidth,
              top,
              left,
              bottom,
              right,
              Rng.below(key, 14, 2) == 1));
    }
    return cases;
  }

  private static int inputs(PoolGeometry g) {
    return g.planes() * g.inPlane();
  }

  private static int outputs(PoolGeometry g) {
    return g.planes() * g.outPlane();
  }

  // ---- maxima ----------------------------------------------------------------------------------

  private static void checkMax(
      Backend backend, PoolGeometry g, float[] values, float[] maxima, float... positions) {
    Comparison c = new Comparison(backend, "maxima by hand");
    Operand x = c.input(values);
    Operand winners = c.output(outputs(g));
    Operand y = c.output(outputs(g));
    c.run(b -> b.maxPool(g, x.on(b), winners.on(b), y.on(b)));
    assertThat(y.actual()).usingComparator(Arrays::compare).isEqualTo(maxima);
    assertThat(winners.actual()).isEqualTo(positions);
  }

  @EachBackend
  void maxPool_byHand(Backend backend) {
    PoolGeometry g = new PoolGeometry(1, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, false);
    float[] x = {1, 5, 2, 3, 4, 9, 8, 7, 6};
    checkMax(backend, g, x, new float[] {5, 9, 8, 9}, 1, 3, 2, 1);
  }

  @EachBackend
  void maxPool_firstOfEqualsWins(Backend backend) {
    float[] x = {2, 2, 1, 1, 1, 3};
    checkMax(backend, line(6, 3, 2, 2, 0, 0), x, new float[] {2, 1, 3}, 0, 0, 1);
  }

  @EachBackend
  void maxPool_firstNanWins(Backend backend) {
    float[] x = {1, NAN, NAN, 7, NAN, NAN, 7, 1, INF, NAN};
    float[] y = {NAN, NAN, NAN, 7, NAN};
    checkMax(backend, line(10, 5, 2, 2, 0, 0), x, y, 1, 0, 0, 0, 1);
  }

  @EachBackend
  void maxPool_paddingNeverWins(Backend backend) {
    float[] x = {-5, -INF, -INF, -7};
    checkMax(backend, line(4, 3, 2, 2, 1, 1), x, new float[] {-5, -INF, -7}, 1, 0, 0);
  }

  @EachBackend
  void maxPool_ofWindowsWithoutAnyElement(Backend backend) {
    float[] x = {3, 4};
    PoolGeometry g = line(2, 4, 1, 2, 2, 3);
    checkMax(backend, g, x, new float[] {-INF, 3, -INF, -INF}, -1, 0, -1, -1);
    Comparison c = new Comparison(backend, "gradient of windows without any element");
    Operand winners = c.positions(-1, 0, -1, -1);
    Operand dy = c.input(1, 2, 4, 8);
    Operand dx = c.output(2);
    c.run(b -> b.maxPoolGradient(g, winners.on(b), dy.on(b), dx.on(b)));
    assertThat(dx.actual()).containsExactly(2, 0);
  }

  @EachBackend
  void maxPool_ofAllGeometries_withAndWithoutWinners(Backend backend) {
    for (PoolGeometry g : all()) {
      Comparison c = new Comparison(backend, "maxima of " + g);
      // Few different values, so that windows have ties.
      float[] values = c.draw(inputs(g), 0, 4);
      for (int i = 0; i < values.length; i++) {
        values[i] = (int) values[i] - 2;
      }
      Operand x = c.input(values);
      Operand winners = c.output(outputs(g));
      Operand y = c.output(outputs(g));
      Operand alone = c.output(outputs(g));
      c.run(b -> b.maxPool(g, x.on(b), winners.on(b), y.on(b)));
      c.run(b -> b.maxPool(g, x.on(b), null, alone.on(b)));
      c.isExact(y);
      c.isExact(winners);
      c.isExact(alone);
    }
  }

  @EachBackend
  void maxPool_findsNanAndInfinity_inAllGeometries(Backend backend) {
    for (PoolGeometry g : all()) {
      Comparison c = new Comparison(backend, "special maxima of " + g);
      float[] values = c.draw(inputs(g), -1, 1);
      for (int i = 0; i < values.length; i += 5) {
        values[i] = i % 3 == 0 ? NAN : i % 3 == 1 ? INF : -INF;
      }
      Operand x = c.input(values);
      Operand winners = c.output(outputs(g));
      Operand y = c.output(outputs(g));
      c.run(b -> b.maxPool(g, x.on(b), winners.on(b), y.on(b)));
      c.isExact(y);
      c.isExact(winners);
    }
  }

  @EachBackend
  void maxPoolGradient_byHand(Backend backend) {
    PoolGeometry g = line(5, 2, 3, 2, 0, 0);
    Comparison c = new Comparison(backend, "gradient of maxima by hand");
    Operand winners = c.positions(2, 0);
    Operand dy = c.input(10, 1);
    Operand dx = c.output(5);
    c.run(b -> b.maxPoolGradient(g, winners.on(b), dy.on(b), dx.on(b)));
    assertThat(dx.actual()).containsExactly(0, 0, 11, 0, 0);
  }

  @EachBackend
  void maxPoolGradient_ofAllGeometries(Backend backend) {
    for (PoolGeometry g : all()) {
      Comparison c = new Comparison(backend, "gradient of maxima of " + g);
      Operand x = c.random(inputs(g));
      Operand winners = c.positions(winners(c, g, x));
      Operand dy = c.random(outputs(g));
      Operand dx = c.output(inputs(g));
      c.run(b -> b.maxPoolGradient(g, winners.on(b), dy.on(b), dx.on(b)));
      // An element wins in one window for each position of the kernel at most.
      c.isSum(dx, g.kernelHeight() * g.kernelWidth());
    }
  }

  /** The winners that the reference backend finds. */
  private static float[] winners(Comparison c, PoolGeometry g, Operand x) {
    Backend oracle = c.oracle();
    Buffer winners = oracle.allocate(outputs(g));
    oracle.maxPool(g, x.on(oracle), winners, oracle.allocate(outputs(g)));
    float[] positions = new float[outputs(g)];
    oracle.download(winners, positions.length, positions, 0);
    return positions;
  }

  // ---- means -----------------------------------------------------------------------------------

  @EachBackend
  void averagePool_byHand(Backend backend) {
    for (boolean countIncludePad : new boolean[] {false, true}) {
      PoolGeometry g =
          new PoolGeometry(1, 1, 4, 1, 3, 1, 3, 1, 2, 1, 1, 0, 1, 0, 0, countIncludePad);
      Comparison c = new Comparison(backend, "means by hand");
      Operand x = c.input(2, 4, 6, 8);
      Operand dy = c.input(6, 12, 24);
      Operand y = c.output(3);
      Operand dx = c.output(4);
      c.run(b -> b.averagePool(g, x.on(b), y.on(b)));
      c.run(b -> b.averagePoolGradient(g, dy.on(b), dx.on(b)));
      // Windows: (pad 2 4), (4 6 8), (8 - -), where - lies beyond the padding and never counts.
      float first = countIncludePad ? 2 : 3;
      float share = countIncludePad ? 2 : 3;
      assertThat(y.actual()).containsExactly(first, 6, 8);
      assertThat(dx.actual()).containsExactly(share, share + 4, 4, 28);
    }
  }

  @EachBackend
  void averagePool_ofWindowsWithoutAnyElement_isZero(Backend backend) {
    PoolGeometry g = line(2, 4, 1, 2, 2, 3);
    Comparison c = new Comparison(backend, "means of windows without any element");
    Operand x = c.input(3, 4);
    Operand dy = c.input(1, 2, 4, 8);
    Operand y = c.output(4);
    Operand dx = c.output(2);
    c.run(b -> b.averagePool(g, x.on(b), y.on(b)));
    c.run(b -> b.averagePoolGradient(g, dy.on(b), dx.on(b)));
    assertThat(y.actual()).containsExactly(0, 3, 0, 0);
    assertThat(dx.actual()).containsExactly(2, 0);
  }

  @EachBackend
  void averagePool_ofAllGeometries(Backend backend) {
    for (PoolGeometry g : all()) {
      int window = g.kernelHeight() * g.kernelWidth();
      Comparison c = new Comparison(backend, "means of " + g);
      Operand x = c.random(inputs(g));
      Operand dy = c.random(outputs(g));
      Operand y = c.output(outputs(g));
      Operand dx = c.output(inputs(g));
      c.run(b -> b.averagePool(g, x.on(b), y.on(b)));
      c.run(b -> b.averagePoolGradient(g, dy.on(b), dx.on(b)));
      // The sum of a window, and a division, perhaps by a rounded reciprocal.
      c.isSum(y, window + 2);
      c.isSum(dx, window + 2);
    }
  }

  @EachBackend
  void averagePool_passesNanAndInfinityOn(Backend backend) {
    for (PoolGeometry g : all()) {
      Comparison c = new Comparison(backend, "special means of " + g);
      float[] values = c.draw(inputs(g), -1, 1);
      values[inputs(g) / 2] = NAN;
      values[0] = INF;
      Operand x = c.input(values);
      Operand y = c.output(outputs(g));
      c.run(b -> b.averagePool(g, x.on(b), y.on(b)));
      int window = g.kernelHeight() * g.kernelWidth();
      c.isWithin(y, i -> Rounding.gamma(window + 2) * window);
    }
  }
}
