package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Softmax, its logarithm, and their gradients, along the middle axis. */
class SoftmaxContractTest {

  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  /** The sizes of {@code x [outer, n, inner]}. */
  private record Block(int outer, int n, int inner) {
    int elements() {
      return outer * n * inner;
    }

    /** For every element, the sum of {@code terms} along its row. */
    double[] rowSums(double[] terms) {
      double[] sums = new double[elements()];
      for (int i = 0; i < elements(); i++) {
        int first = i / (n * inner) * n * inner + i % inner;
        for (int j = 0; j < n; j++) {
          sums[i] += terms[first + j * inner];
        }
      }
      return sums;
    }
  }

  private static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int size : Sizes.EDGES) {
      blocks.add(new Block(3, size, 1));
      blocks.add(new Block(size, 10, 1));
      blocks.add(new Block(2, size, 3));
      blocks.add(new Block(2, 5, size));
    }
    blocks.add(new Block(4, 1000, 1));
    blocks.add(new Block(1, 10_007, 1));
    blocks.add(new Block(700, 101, 1));
    blocks.add(new Block(2, 21, 33 * 33));
    return blocks;
  }

  /** The widest range of values that a row is drawn from. */
  private static final double RANGE = 20;

  /**
   * Roundings of {@code exp(x - max) / Σ}: the difference is off by at most {@code RANGE u}, which
   * the exponential turns into as many relative roundings; 4 units in the last place for the
   * exponential, again for those in the sum; n additions; the division.
   */
  private static double roundings(int n) {
    return 2 * (RANGE + 8) + n + 2;
  }

  @EachBackend
  void softmax_byHand(Backend backend) {
    Comparison c = new Comparison(backend, "by hand");
    Operand x = c.input(0, (float) Math.log(3), 500, 500);
    Operand y = c.output(4);
    Operand log = c.output(4);
    c.run(b -> b.softmax(2, 2, 1, x.on(b), y.on(b)));
    c.run(b -> b.logSoftmax(2, 2, 1, x.on(b), log.on(b)));
    // Three roundings of numbers below 2.
    float[] expected = {0.25f, 0.75f, 0.5f, 0.5f};
    assertThat(y.actual()).usingComparatorWithPrecision(6e-7f).containsExactly(expected);
    for (int i = 0; i < 4; i++) {
      assertThat(log.actual()[i]).isCloseTo((float) Math.log(expected[i]), within(6e-7f));
    }
  }

  @EachBackend
  void softmax_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      for (double centre : new double[] {0, 1000}) {
        Comparison c = new Comparison(backend, s + " around " + centre);
        Operand x = c.random(s.elements(), centre - RANGE / 2, centre + RANGE / 2);
        Operand y = c.output(s.elements());
        c.run(b -> b.softmax(s.outer(), s.n(), s.inner(), x.on(b), y.on(b)));
        c.isRelative(y, roundings(s.n()));
      }
    }
  }

  @EachBackend
  void logSoftmax_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      Comparison c = new Comparison(backend, "logarithm of " + s);
      Operand x = c.random(s.elements(), -RANGE / 2, RANGE / 2);
      Operand y = c.output(s.elements());
      c.run(b -> b.logSoftmax(s.outer(), s.n(), s.inner(), x.on(b), y.on(b)));
      // A relative error of the sum is an absolute one of its logarithm; and two differences of
      // numbers up to RANGE, or the logarithm of n, are rounded.
      double size = RANGE + Math.log(s.n()) + 1;
      double bound = Rounding.gamma(roundings(s.n())) + Rounding.gamma(10) * size;
      c.isWithin(y, i -> bound);
    }
  }

  @EachBackend
  void softmaxGradient_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      Comparison c = new Comparison(backend, "gradient of " + s);
      Operand y = c.random(s.elements(), 0, 2.0 / s.n());
      Operand dy = c.random(s.elements());
      Operand dx = c.output(s.elements());
      c.run(b -> b.softmaxGradient(s.outer(), s.n(), s.inner(), y.on(b), dy.on(b), dx.on(b)));
      float[] ys = y.initial();
      float[] dys = dy.initial();
      double[] terms = new double[s.elements()];
      Arrays.setAll(terms, i -> Math.abs((double) ys[i] * dys[i]));
      double[] sums = s.rowSums(terms);
      // n products added; a difference; a product.
      double gamma = Rounding.gamma(s.n() + 3);
      c.isWithin(dx, i -> gamma * ys[i] * (Math.abs(dys[i]) + sums[i]) + Float.MIN_NORMAL);
    }
  }

  @EachBackend
  void logSoftmaxGradient_ofAllBlocks(Backend backend) {
    for (Block s : blocks()) {
      Comparison c = new Comparison(backend, "gradient of the logarithm of " + s);
      Operand y = c.random(s.elements(), -RANGE, 0);
      Operand dy = c.random(s.elements());
      Operand dx = c.output(s.elements());
      c.run(b -> b.logSoftmaxGradient(s.outer(), s.n(), s.inner(), y.on(b), dy.on(b), dx.on(b)));
      float[] ys = y.initial();
      float[] dys = dy.initial();
      double[] terms = new double[s.elements()];
      Arrays.setAll(terms, i -> Math.abs((double) dys[i]));
      double[] sums = s.rowSums(terms);
      // n additions; the exponential's 8; a product and a difference.
      double gamma = Rounding.gamma(s.n() + 10);
      c.isWithin(
          dx, i -> gamma * (Math.abs(dys[i]) + Math.exp(ys[i]) * sums[i]) + Float.MIN_NORMAL);
    }
  }

  @EachBackend
  void specialValues_areConfinedToTheirRow(Backend backend) {
    float[][] rows = {{1, NAN, 2}, {1, INF, 2}, {-INF, 0, -INF}, {-INF, -INF, -INF}, {0, 0, 0}};
    for (int wide : new int[] {3, 17, 40}) {
      for (float[] special : rows) {
        Comparison c = new Comparison(backend, Arrays.toString(special) + " of " + wide);
        float[] values = c.draw(3 * wide, -1, 1);
        Arrays.fill(values, wide, 2 * wide, special[0]);
        System.arraycopy(special, 0, values, 2 * wide - 3, 3);
        Operand x = c.input(values);
        Operand y = c.output(3 * wide);
        Operand log = c.output(3 * wide);
        c.run(b -> b.softmax(3, wide, 1, x.on(b), y.on(b)));
        c.run(b -> b.logSoftmax(3, wide, 1, x.on(b), log.on(b)));
        c.isRelative(y, roundings(wide));
        c.isWithin(log, i -> Rounding.gamma(roundings(wide) + 10 * RANGE));
      }
    }
  }

  @EachBackend
  void emptyBlocks(Backend backend) {
    for (int[] s : new int[][] {{0, 3, 2}, {3, 2, 0}, {3, 0, 2}}) {
      Comparison c = new Comparison(backend, "empty " + Arrays.toString(s));
      Operand x = c.input();
      Operand y = c.output(0);
      c.run(b -> b.softmax(s[0], s[1], s[2], x.on(b), y.on(b)));
      c.run(b -> b.logSoftmax(s[0], s[1], s[2], x.on(b), y.on(b)));
      c.run(b -> b.softmaxGradient(s[0], s[1], s[2], x.on(b), x.on(b), y.on(b)));
      c.run(b -> b.logSoftmaxGradient(s[0], s[1], s[2], x.on(b), x.on(b), y.on(b)));
    }
  }
}
