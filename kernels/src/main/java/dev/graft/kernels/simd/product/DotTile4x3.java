package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link Dots} for 4 rows and 3 columns: 12 accumulators, 7 loads for 12 FMAs. */
final class DotTile4x3 {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private DotTile4x3() {}

  /** See {@link Dots#accumulate}. */
  static void accumulate(
      int k,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      float[] b,
      int b0,
      int b1,
      int b2,
      float[] s,
      int so) {
    FloatVector s0x0 = FloatVector.fromArray(F, s, so + 0 * N);
    FloatVector s0x1 = FloatVector.fromArray(F, s, so + 1 * N);
    FloatVector s0x2 = FloatVector.fromArray(F, s, so + 2 * N);
    FloatVector s1x0 = FloatVector.fromArray(F, s, so + 3 * N);
    FloatVector s1x1 = FloatVector.fromArray(F, s, so + 4 * N);
    FloatVector s1x2 = FloatVector.fromArray(F, s, so + 5 * N);
    FloatVector s2x0 = FloatVector.fromArray(F, s, so + 6 * N);
    FloatVector s2x1 = FloatVector.fromArray(F, s, so + 7 * N);
    FloatVector s2x2 = FloatVector.fromArray(F, s, so + 8 * N);
    FloatVector s3x0 = FloatVector.fromArray(F, s, so + 9 * N);
    FloatVector s3x1 = FloatVector.fromArray(F, s, so + 10 * N);
    FloatVector s3x2 = FloatVector.fromArray(F, s, so + 11 * N);
    for (int p = 0; p < k; p += N) {
      FloatVector y0 = FloatVector.fromArray(F, b, b0 + p);
      FloatVector y1 = FloatVector.fromArray(F, b, b1 + p);
      FloatVector y2 = FloatVector.fromArray(F, b, b2 + p);
      FloatVector x0 = FloatVector.fromArray(F, a, a0 + p);
      s0x0 = x0.fma(y0, s0x0);
      s0x1 = x0.fma(y1, s0x1);
      s0x2 = x0.fma(y2, s0x2);
      FloatVector x1 = FloatVector.fromArray(F, a, a1 + p);
      s1x0 = x1.fma(y0, s1x0);
      s1x1 = x1.fma(y1, s1x1);
      s1x2 = x1.fma(y2, s1x2);
      FloatVector x2 = FloatVector.fromArray(F, a, a2 + p);
      s2x0 = x2.fma(y0, s2x0);
      s2x1 = x2.fma(y1, s2x1);
      s2x2 = x2.fma(y2, s2x2);
      FloatVector x3 = FloatVector.fromArray(F, a, a3 + p);
      s3x0 = x3.fma(y0, s3x0);
      s3x1 = x3.fma(y1, s3x1);
      s3x2 = x3.fma(y2, s3x2);
    }
    s0x0.intoArray(s, so + 0 * N);
    s0x1.intoArray(s, so + 1 * N);
    s0x2.intoArray(s, so + 2 * N);
    s1x0.intoArray(s, so + 3 * N);
    s1x1.intoArray(s, so + 4 * N);
    s1x2.intoArray(s, so + 5 * N);
    s2x0.intoArray(s, so + 6 * N);
    s2x1.intoArray(s, so + 7 * N);
    s2x2.intoArray(s, so + 8 * N);
    s3x0.intoArray(s, so + 9 * N);
    s3x1.intoArray(s, so + 10 * N);
    s3x2.intoArray(s, so + 11 * N);
  }
}
