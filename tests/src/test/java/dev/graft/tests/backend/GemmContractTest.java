package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.Rng;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Matrix products. */
class GemmContractTest {

  private static final boolean[] BOTH = {false, true};

  /** A product of random matrices, each element a sum of k products, scaled, and one addition. */
  private static void check(Backend backend, GemmGeometry g, double alpha, double beta) {
    Comparison c = new Comparison(backend, g + " alpha " + alpha + " beta " + beta);
    Operand a = c.random(extent(g.batch(), g.strideA(), g.m() * g.k()));
    Operand b = c.random(extent(g.batch(), g.strideB(), g.k() * g.n()));
    int elements = extent(g.batch(), g.strideC(), g.m() * g.n());
    Operand y = beta == 0 ? c.output(elements) : c.updated(c.draw(elements, -1, 1));
    c.run(
        on ->
            on.gemm(
                g,
                c.coefficient(on, alpha),
                a.on(on),
                b.on(on),
                c.coefficient(on, beta),
                y.on(on)));
    // k additions and their products' roundings; alpha; beta; their sum.
    c.isSum(y, g.k() + 4);
  }

  private static int extent(int batch, int stride, int each) {
    return batch == 0 ? 0 : (batch - 1) * stride + each;
  }

  @EachBackend
  void product_byHand(Backend backend) {
    GemmGeometry g = GemmGeometry.of(false, false, 2, 2, 3);
    Comparison c = new Comparison(backend, "by hand");
    Operand a = c.input(1, 2, 3, 4, 5, 6);
    Operand b = c.input(7, 8, 9, 10, 11, 12);
    Operand y = c.output(4);
    c.run(on -> on.gemm(g, 1, a.on(on), b.on(on), 0, y.on(on)));
    assertThat(y.actual()).containsExactly(58, 64, 139, 154);
  }

  @EachBackend
  void transposedOperands_byHand(Backend backend) {
    GemmGeometry g = GemmGeometry.of(true, true, 2, 2, 3);
    Comparison c = new Comparison(backend, "transposed by hand");
    Operand a = c.input(1, 4, 2, 5, 3, 6);
    Operand b = c.input(7, 9, 11, 8, 10, 12);
    Operand y = c.updated(1, 1, 1, 1);
    c.run(on -> on.gemm(g, 2, a.on(on), b.on(on), 3, y.on(on)));
    assertThat(y.actual()).containsExactly(119, 131, 281, 311);
  }

  @EachBackend
  void everySize_ofEachDimension_inEveryTransposition(Backend backend) {
    for (boolean ta : BOTH) {
      for (boolean tb : BOTH) {
        for (int size : Sizes.EDGES) {
          long key = Rng.key(size, "gemm");
          int p = Sizes.draw(key, 0);
          int q = Sizes.draw(key, 1);
          int small = Math.min(p, 33);
          check(backend, GemmGeometry.of(ta, tb, size, small, Math.min(q, 65)), 1, 0);
          check(backend, GemmGeometry.of(ta, tb, small, size, Math.min(q, 65)), 1, 0);
          check(backend, GemmGeometry.of(ta, tb, small, Math.min(q, 65), size), 1, 0);
        }
      }
    }
  }

  @EachBackend
  void randomSizes(Backend backend) {
    for (int trial = 0; trial < 40; trial++) {
      long key = Rng.key(trial, "gemm sizes");
      boolean ta = Rng.below(key, 3, 2) == 1;
      boolean tb = Rng.below(key, 4, 2) == 1;
      int m = Sizes.draw(key, 0);
      int n = Sizes.draw(key, 1);
      int k = Sizes.draw(key, 2);
      if ((long) m * n * k < 1_000_000) {
        check(backend, GemmGeometry.of(ta, tb, m, n, k), -1.5, trial % 3 == 0 ? 0 : 0.75);
      }
    }
  }

  @EachBackend
  void sizesBeyondOneBlock_inEveryTransposition(Backend backend) {
    for (boolean ta : BOTH) {
      for (boolean tb : BOTH) {
        check(backend, GemmGeometry.of(ta, tb, 67, 35, 1031), 1, 1);
        check(backend, GemmGeometry.of(ta, tb, 5, 2053, 37), 1, 0);
        check(backend, GemmGeometry.of(ta, tb, 1037, 9, 70), 1, 0);
        // One and two columns more than whole vectors, whatever their width.
        check(backend, GemmGeometry.of(ta, tb, 67, 49, 397), 1, 1);
        check(backend, GemmGeometry.of(ta, tb, 64, 50, 160), 1, 0);
      }
    }
  }

  @EachBackend
  void vectorsTimesMatrices(Backend backend) {
    for (boolean ta : BOTH) {
      for (boolean tb : BOTH) {
        check(backend, GemmGeometry.of(ta, tb, 1, 1000, 513), 1, 1);
        check(backend, GemmGeometry.of(ta, tb, 1000, 1, 513), 1, 0);
        check(backend, GemmGeometry.of(ta, tb, 1, 1, 4099), 1, 0);
        check(backend, GemmGeometry.of(ta, tb, 129, 257, 1), 1, 0);
      }
    }
  }

  @EachBackend
  void everyAlphaAndBeta(Backend backend) {
    GemmGeometry g = GemmGeometry.of(false, false, 17, 33, 9);
    for (double alpha : new double[] {0, 1, -1, 0.1}) {
      for (double beta : new double[] {0, 1, -1, 0.1}) {
        check(backend, g, alpha, beta);
      }
    }
  }

  @EachBackend
  void batches_withGapsAndSharedOperands(Backend backend) {
    for (boolean ta : BOTH) {
      for (boolean tb : BOTH) {
        int m = 9;
        int n = 17;
        int k = 5;
        check(backend, new GemmGeometry(6, ta, tb, m, n, k, m * k, k * n, m * n), 1, 0);
        check(backend, new GemmGeometry(6, ta, tb, m, n, k, 0, k * n, m * n), 1, 0.5);
        check(backend, new GemmGeometry(6, ta, tb, m, n, k, m * k, 0, m * n), 1, 0);
        check(backend, new GemmGeometry(6, ta, tb, m, n, k, 0, 0, m * n), 1, 0);
        check(backend, new GemmGeometry(6, ta, tb, m, n, k, m * k + 3, k * n + 1, m * n + 7), 2, 1);
        check(backend, new GemmGeometry(64, ta, tb, 33, 31, 16, 33 * 16, 16 * 31, 33 * 31), 1, 0);
      }
    }
  }

  @EachBackend
  void gapsBetweenResults_keepTheirValues(Backend backend) {
    GemmGeometry g = new GemmGeometry(3, false, false, 2, 2, 2, 4, 4, 6);
    Comparison c = new Comparison(backend, "gaps");
    Operand a = c.random(12);
    Operand b = c.random(12);
    float[] before = new float[16];
    Arrays.fill(before, 5);
    Operand y = c.updated(before);
    c.run(on -> on.gemm(g, 1, a.on(on), b.on(on), 0, y.on(on)));
    c.isSum(y, 6);
    float[] after = y.actual();
    assertThat(List.of(after[4], after[5], after[10], after[11])).containsOnly(5f);
  }

  @EachBackend
  void emptyProducts(Backend backend) {
    for (int[] size : new int[][] {{0, 5, 5}, {5, 0, 5}, {0, 0, 0}, {0, 0, 5}}) {
      for (boolean transposed : BOTH) {
        check(backend, GemmGeometry.of(transposed, false, size[0], size[1], size[2]), 1, 0);
        check(backend, GemmGeometry.of(false, transposed, size[0], size[1], size[2]), 1, 1);
      }
    }
    check(backend, new GemmGeometry(0, false, false, 3, 3, 3, 9, 9, 9), 1, 0);
  }

  @EachBackend
  void sumsOverNothing_areZero(Backend backend) {
    for (boolean transposed : BOTH) {
      check(backend, GemmGeometry.of(transposed, false, 5, 7, 0), 1, 0);
      check(backend, GemmGeometry.of(false, transposed, 5, 7, 0), 1, 0.5);
      check(backend, new GemmGeometry(3, transposed, transposed, 5, 7, 0, 0, 0, 35), 1, 0);
    }
  }

  @EachBackend
  void nanAndInfinity_reachTheirRowsAndColumns(Backend backend) {
    float inf = Float.POSITIVE_INFINITY;
    for (float special : new float[] {Float.NaN, inf, -inf}) {
      for (boolean ta : BOTH) {
        for (boolean tb : BOTH) {
          for (int n : List.of(3, 17, 70)) {
            GemmGeometry g = GemmGeometry.of(ta, tb, n, n, n);
            Comparison c = new Comparison(backend, g + " with " + special);
            float[] left = c.draw(n * n, -1, 1);
            left[n * n / 2] = special;
            Operand a = c.input(left);
            float[] right = c.draw(n * n, -1, 1);
            right[n + 1] = special;
            Operand b = c.input(right);
            Operand y = c.output(n * n);
            c.run(on -> on.gemm(g, 1, a.on(on), b.on(on), 0, y.on(on)));
            // The magnitudes are not finite where the results are not: bound the others by k.
            c.isWithin(y, i -> Rounding.gamma(n + 4) * n);
          }
        }
      }
    }
  }

  @EachBackend
  void zeroTimesInfinity_isNan(Backend backend) {
    GemmGeometry g = GemmGeometry.of(false, false, 1, 9, 2);
    Comparison c = new Comparison(backend, "0 * infinity");
    Operand a = c.input(0, 1);
    float[] right = c.draw(18, -1, 1);
    right[4] = Float.POSITIVE_INFINITY;
    Operand b = c.input(right);
    Operand y = c.output(9);
    c.run(on -> on.gemm(g, 1, a.on(on), b.on(on), 0, y.on(on)));
    List<Integer> notNumbers = new ArrayList<>();
    float[] values = y.actual();
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i])) {
        notNumbers.add(i);
      }
    }
    assertThat(notNumbers).containsExactly(4);
  }
}
