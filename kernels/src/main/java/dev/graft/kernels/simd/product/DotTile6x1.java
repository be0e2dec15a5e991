package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Dots} for the six rows of a strip and one column. Each row alone would wait for its own
 * sum from one addition to the next.
 */
final class DotTile6x1 {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private DotTile6x1() {}

  /** See {@link Dots#accumulateStrip}. */
  static void accumulate(
      int k,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      int a4,
      int a5,
      float[] b,
      int bo,
      float[] s,
      int so) {
    FloatVector s0 = FloatVector.fromArray(F, s, so);
    FloatVector s1 = FloatVector.fromArray(F, s, so + N);
    FloatVector s2 = FloatVector.fromArray(F, s, so + 2 * N);
    FloatVector s3 = FloatVector.fromArray(F, s, so + 3 * N);
    FloatVector s4 = FloatVector.fromArray(F, s, so + 4 * N);
    FloatVector s5 = FloatVector.fromArray(F, s, so + 5 * N);
    for (int p = 0; p < k; p += N) {
      FloatVector y = FloatVector.fromArray(F, b, bo + p);
      s0 = FloatVector.fromArray(F, a, a0 + p).fma(y, s0);
      s1 = FloatVector.fromArray(F, a, a1 + p).fma(y, s1);
      s2 = FloatVector.fromArray(F, a, a2 + p).fma(y, s2);
      s3 = FloatVector.fromArray(F, a, a3 + p).fma(y, s3);
      s4 = FloatVector.fromArray(F, a, a4 + p).fma(y, s4);
      s5 = FloatVector.fromArray(F, a, a5 + p).fma(y, s5);
    }
    s0.intoArray(s, so);
    s1.intoArray(s, so + N);
    s2.intoArray(s, so + 2 * N);
    s3.intoArray(s, so + 3 * N);
    s4.intoArray(s, so + 4 * N);
    s5.intoArray(s, so + 5 * N);
  }
}
