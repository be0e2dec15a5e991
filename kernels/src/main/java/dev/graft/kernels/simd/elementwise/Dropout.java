package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.core.backend.Rng;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dropout with the numbers of {@link Rng}: its SplitMix64 on vectors of longs. Two of them, for the
 * elements with even and with odd numbers, are put together as the low and high halves of one, so
 * that its halves, seen as ints, stand in the order of the elements: no lane has to move.
 */
public final class Dropout {

  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, FLOATS.vectorShape());

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final long MIX1 = 0xBF58476D1CE4E5B9L;
  private static final long MIX2 = 0x94D049BB133111EBL;
  private static final long HIGH_HALF = 0xFFFFFFFF00000000L;

  /** Counter of lane j, for the element 2 j. */
  private static final long[] STEPS = new long[LONGS.length()];

  static {
    for (int lane = 0; lane < STEPS.length; lane++) {
      STEPS[lane] = 2 * lane * GOLDEN_GAMMA;
    }
  }

  private Dropout() {}

  /**
   * Element i of {@code [first, first + n)} is multiplied by {@code scale} where its 24 random bits
   * are at least {@code least}, else zero. y may be x at the same offset.
   */
  public static void run(
      int n, int first, int least, float scale, long key, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      long counter = key + (first + (long) i + 1) * GOLDEN_GAMMA;
      LongVector even = LongVector.fromArray(LONGS, STEPS, 0).add(counter);
      LongVector odd = even.add(GOLDEN_GAMMA);
      even = even.lanewise(VectorOperators.XOR, even.lanewise(VectorOperators.LSHR, 30)).mul(MIX1);
      odd = odd.lanewise(VectorOperators.XOR, odd.lanewise(VectorOperators.LSHR, 30)).mul(MIX1);
      even = even.lanewise(VectorOperators.XOR, even.lanewise(VectorOperators.LSHR, 27)).mul(MIX2);
      odd = odd.lanewise(VectorOperators.XOR, odd.lanewise(VectorOperators.LSHR, 27)).mul(MIX2);
      even = even.lanewise(VectorOperators.XOR, even.lanewise(VectorOperators.LSHR, 31));
      odd = odd.lanewise(VectorOperators.XOR, odd.lanewise(VectorOperators.LSHR, 31));
      LongVector both =
          even.lanewise(VectorOperators.LSHR, 40)
              .or(odd.lanewise(VectorOperators.LSHR, 8).and(HIGH_HALF));
      // The sign of the difference, spread over all bits: ones where the element is dropped.
      IntVector dropped = both.reinterpretAsInts().sub(least).lanewise(VectorOperators.ASHR, 31);
      FloatVector kept = FloatVector.fromArray(FLOATS, x, xo + i).mul(scale);
      kept.reinterpretAsInts()
          .lanewise(VectorOperators.AND_NOT, dropped)
          .reinterpretAsFloats()
          .intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      boolean keeps = (int) (Rng.bits(key, first + (long) i) >>> 40) >= least;
      y[yo + i] = keeps ? x[xo + i] * scale : 0f;
    }
  }
}
