package dev.graft.kernels.simd.reduction;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.kernels.simd.vector.KernelForm;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Sums over runs, kept in the lanes of four vectors so that no addition waits for the one before.
 * Between runs the lanes lie in an array, from which they are added up in a fixed order: {@code
 * reduceLanes(ADD)} changes its order when C2 takes over from the interpreter.
 */
public final class LaneSums {

  /** Vectors that one sum is spread over. */
  private static final int VECTORS = 4;

  /** Floats that the lanes of one sum take. */
  public static final int LANES = VECTORS * COUNT;

  /** Additions to one lane before it is emptied into a double: what bounds the rounding error. */
  private static final int BLOCK = 256;

  /** The most elements of {@link #shortTotal}. */
  static final int SHORT = 256 * COUNT;

  /** Elements of one run between two checks. */
  private static final int SEGMENT = (BLOCK - 2 * VECTORS) * LANES;

  /**
   * For {@link #total}: taken in every chunk of a loop, it would be half of what a step allocates.
   */
  private static final ThreadLocal<double[]> TOTALS = ThreadLocal.withInitial(() -> new double[2]);

  private static final KernelForm FORM = new KernelForm("short sums", new ShortTrial());

  private LaneSums() {}

  /** Adds something of n elements to one or two sums. */
  @FunctionalInterface
  public interface Terms {
    void add(int n, float[] x, int xo, float[] z, int zo, float centre, float[] lanes);
  }

  /** Room for the totals of two sums; the calling thread's own. */
  public static double[] totals() {
    return TOTALS.get();
  }

  /**
   * Sums over {@code runs} runs of {@code run} elements.
   *
   * @param step distance between the starts of two runs, in both operands
   * @param sums how many sums {@code terms} adds to
   * @param lanes working memory for {@link #LANES} floats a sum
   * @param totals receives the sums
   */
  public static void total(
      Terms terms,
      int sums,
      int runs,
      int run,
      int step,
      float[] x,
      int xo,
      float[] z,
      int zo,
      float centre,
      float[] lanes,
      double[] totals) {
    Arrays.fill(totals, 0, sums, 0);
    Arrays.fill(lanes, 0, sums * LANES, 0f);
    int filled = 0;
    for (int number = 0; number < runs; number++) {
      for (int from = 0; from < run; from += SEGMENT) {
        int n = Math.min(SEGMENT, run - from);
        int additions = n / LANES + VECTORS;
        if (filled + additions > BLOCK) {
          empty(sums, lanes, totals);
          filled = 0;
        }
        filled += additions;
        int at = number * step + from;
        terms.add(n, x, xo + at, z, zo + at, centre, lanes);
      }
    }
    empty(sums, lanes, totals);
  }

  private static void empty(int sums, float[] lanes, double[] totals) {
    for (int sum = 0; sum < sums; sum++) {
      fold(lanes, sum * LANES);
      totals[sum] += lanes(lanes, sum * LANES);
      Arrays.fill(lanes, sum * LANES, sum * LANES + COUNT, 0f);
    }
  }

  /** Adds the vectors of a sum into the first one, and sets the others to zero. */
  private static void fold(float[] lanes, int at) {
    FloatVector sum0 = FloatVector.fromArray(FLOATS, lanes, at);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, lanes, at + COUNT);
    FloatVector sum2 = FloatVector.fromArray(FLOATS, lanes, at + 2 * COUNT);
    FloatVector sum3 = FloatVector.fromArray(FLOATS, lanes, at + 3 * COUNT);
    FloatVector zero = FloatVector.zero(FLOATS);
    sum0.add(sum1).add(sum2.add(sum3)).intoArray(lanes, at);
    zero.intoArray(lanes, at + COUNT);
    zero.intoArray(lanes, at + 2 * COUNT);
    zero.intoArray(lanes, at + 3 * COUNT);
  }

  /** The sum of one vector's lanes, in four chains that do not wait for each other. */
  private static double lanes(float[] lanes, int at) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    for (int lane = at; lane < at + COUNT; lane += 4) {
      sum0 += lanes[lane];
      sum1 += lanes[lane + 1];
      sum2 += lanes[lane + 2];
      sum3 += lanes[lane + 3];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  /** {@code Σ x}. */
  public static void sum(int n, float[] x, int xo, float[] z, int zo, float centre, float[] lanes) {
    if (n < LANES) {
      shortSum(n, x, xo, lanes);
      return;
    }
    FloatVector sum0 = FloatVector.fromArray(FLOATS, lanes, 0);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, lanes, COUNT);
    FloatVector sum2 = FloatVector.fromArray(FLOATS, lanes, 2 * COUNT);
    FloatVector sum3 = FloatVector.fromArray(FLOATS, lanes, 3 * COUNT);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      sum0 = sum0.add(FloatVector.fromArray(FLOATS, x, xo + i));
      sum1 = sum1.add(FloatVector.fromArray(FLOATS, x, xo + i + COUNT));
      sum2 = sum2.add(FloatVector.fromArray(FLOATS, x, xo + i + 2 * COUNT));
      sum3 = sum3.add(FloatVector.fromArray(FLOATS, x, xo + i + 3 * COUNT));
    }
    for (; i <= n - COUNT; i += COUNT) {
      sum0 = sum0.add(FloatVector.fromArray(FLOATS, x, xo + i));
    }
    sum0.intoArray(lanes, 0);
    sum1.intoArray(lanes, COUNT);
    sum2.intoArray(lanes, 2 * COUNT);
    sum3.intoArray(lanes, 3 * COUNT);
    for (int lane = COUNT; i < n; i++, lane++) {
      lanes[lane] += x[xo + i];
    }
  }

  // Of a 7x7 plane, the four vectors would be read and written more often than anything is added.
  private static void shortSum(int n, float[] x, int xo, float[] lanes) {
    FloatVector sum = FloatVector.fromArray(FLOATS, lanes, 0);
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      sum = sum.add(FloatVector.fromArray(FLOATS, x, xo + i));
    }
    sum.intoArray(lanes, 0);
    for (int lane = COUNT; i < n; i++, lane++) {
      lanes[lane] += x[xo + i];
    }
  }

  /** {@code Σ (x - centre)^2}. */
  public static void squares(
      int n, float[] x, int xo, float[] z, int zo, float centre, float[] lanes) {
    if (n < LANES) {
      shortSquares(n, x, xo, centre, lanes);
      return;
    }
    FloatVector sum0 = FloatVector.fromArray(FLOATS, lanes, 0);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, lanes, COUNT);
    FloatVector sum2 = FloatVector.fromArray(FLOATS, lanes, 2 * COUNT);
    FloatVector sum3 = FloatVector.fromArray(FLOATS, lanes, 3 * COUNT);
    FloatVector middle = FloatVector.broadcast(FLOATS, centre);
    int i = 0;
    for (; i <= n - LANES; i += LANES) {
      FloatVector d0 = FloatVector.fromArray(FLOATS, x, xo + i).sub(middle);
      FloatVector d1 = FloatVector.fromArray(FLOATS, x, xo + i + COUNT).sub(middle);
      FloatVector d2 = FloatVector.fromArray(FLOATS, x, xo + i + 2 * COUNT).sub(middle);
      FloatVector d3 = FloatVector.fromArray(FLOATS, x, xo + i + 3 * COUNT).sub(middle);
      sum0 = d0.fma(d0, sum0);
      sum1 = d1.fma(d1, sum1);
      sum2 = d2.fma(d2, sum2);
      sum3 = d3.fma(d3, sum3);
    }
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector d0 = FloatVector.fromArray(FLOATS, x, xo + i).sub(middle);
      sum0 = d0.fma(d0, sum0);
    }
    sum0.intoArray(lanes, 0);
    sum1.intoArray(lanes, COUNT);
    sum2.intoArray(lanes, 2 * COUNT);
    sum3.intoArray(lanes, 3 * COUNT);
    for (int lane = COUNT; i < n; i++, lane++) {
      float d = x[xo + i] - centre;
      lanes[lane] = Math.fma(d, d, lanes[lane]);
    }
  }

  private static void shortSquares(int n, float[] x, int xo, float centre, float[] lanes) {
    FloatVector sum = FloatVector.fromArray(FLOATS, lanes, 0);
    int i = 0;
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector d = FloatVector.fromArray(FLOATS, x, xo + i).sub(centre);
      sum = d.fma(d, sum);
    }
    sum.intoArray(lanes, 0);
    for (int lane = COUNT; i < n; i++, lane++) {
      float d = x[xo + i] - centre;
      lanes[lane] = Math.fma(d, d, lanes[lane]);
    }
  }

  /**
   * {@code Σ x} of one short run, at most {@link #SHORT} elements: nothing is set to zero first, or
   * emptied in between.
   */
  static double shortTotal(int n, float[] x, int xo, float[] lanes) {
    int whole = FLOATS.loopBound(n);
    if (FORM.isVector(n)) {
      shortVectors(whole, x, xo, lanes);
    } else {
      shortPlain(whole, x, xo, lanes);
    }
    double rest = 0;
    for (int i = whole; i < n; i++) {
      rest += x[xo + i];
    }
    return lanes(lanes, 0) + rest;
  }

  private static void shortVectors(int n, float[] x, int xo, float[] lanes) {
    FloatVector sum0 = FloatVector.zero(FLOATS);
    FloatVector sum1 = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i <= n - 2 * COUNT; i += 2 * COUNT) {
      sum0 = sum0.add(FloatVector.fromArray(FLOATS, x, xo + i));
      sum1 = sum1.add(FloatVector.fromArray(FLOATS, x, xo + i + COUNT));
    }
    for (; i <= n - COUNT; i += COUNT) {
      sum0 = sum0.add(FloatVector.fromArray(FLOATS, x, xo + i));
    }
    sum0.add(sum1).intoArray(lanes, 0);
  }

  private static void shortPlain(int n, float[] x, int xo, float[] lanes) {
    for (int lane = 0; lane < COUNT; lane++) {
      float sum0 = 0;
      float sum1 = 0;
      int i = lane;
      for (; i < n - COUNT; i += 2 * COUNT) {
        sum0 += x[xo + i];
        sum1 += x[xo + i + COUNT];
      }
      if (i < n) {
        sum0 += x[xo + i];
      }
      lanes[lane] = sum0 + sum1;
    }
  }

  private static final class ShortTrial implements KernelForm.Trial {
    private static final int RUN = 9 * COUNT;

    private final float[] x = new float[RUN];
    private final float[] lanes = new float[COUNT];

    @Override
    public void run(boolean vector) {
      if (vector) {
        shortVectors(RUN, x, 0, lanes);
      } else {
        shortPlain(RUN, x, 0, lanes);
      }
    }
  }

  /** {@code Σ z} and, behind it, {@code Σ z (x - centre)}. */
  public static void products(
      int n, float[] x, int xo, float[] z, int zo, float centre, float[] lanes) {
    FloatVector sum0 = FloatVector.fromArray(FLOATS, lanes, 0);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, lanes, COUNT);
    FloatVector dot0 = FloatVector.fromArray(FLOATS, lanes, LANES);
    FloatVector dot1 = FloatVector.fromArray(FLOATS, lanes, LANES + COUNT);
    FloatVector middle = FloatVector.broadcast(FLOATS, centre);
    int i = 0;
    for (; i <= n - 2 * COUNT; i += 2 * COUNT) {
      FloatVector z0 = FloatVector.fromArray(FLOATS, z, zo + i);
      FloatVector z1 = FloatVector.fromArray(FLOATS, z, zo + i + COUNT);
      dot0 = FloatVector.fromArray(FLOATS, x, xo + i).sub(middle).fma(z0, dot0);
      dot1 = FloatVector.fromArray(FLOATS, x, xo + i + COUNT).sub(middle).fma(z1, dot1);
      sum0 = sum0.add(z0);
      sum1 = sum1.add(z1);
    }
    for (; i <= n - COUNT; i += COUNT) {
      FloatVector z0 = FloatVector.fromArray(FLOATS, z, zo + i);
      dot0 = FloatVector.fromArray(FLOATS, x, xo + i).sub(middle).fma(z0, dot0);
      sum0 = sum0.add(z0);
    }
    sum0.intoArray(lanes, 0);
    sum1.intoArray(lanes, COUNT);
    dot0.intoArray(lanes, LANES);
    dot1.intoArray(lanes, LANES + COUNT);
    for (int lane = 2 * COUNT; i < n; i++, lane++) {
      lanes[lane] += z[zo + i];
      lanes[LANES + lane] = Math.fma(x[xo + i] - centre, z[zo + i], lanes[LANES + lane]);
    }
  }
}
