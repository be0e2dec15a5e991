package dev.graft.kernels.simd.blocked;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link BlockedTiles#multiply} for eight pixels: as many sums as 32 registers hold beside three
 * weights and a pixel.
 */
final class EightPixels {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private EightPixels() {}

  /** A single block of output channels. */
  static void one(
      int k,
      int[] steps,
      float[] x,
      int xo,
      int[] pixels,
      int at,
      float[] w,
      int wo,
      float[] sums) {
    int x0 = xo + pixels[at];
    int x1 = xo + pixels[at + 1];
    int x2 = xo + pixels[at + 2];
    int x3 = xo + pixels[at + 3];
    int x4 = xo + pixels[at + 4];
    int x5 = xo + pixels[at + 5];
    int x6 = xo + pixels[at + 6];
    int x7 = xo + pixels[at + 7];
    FloatVector s0x0 = FloatVector.zero(F);
    FloatVector s1x0 = FloatVector.zero(F);
    FloatVector s2x0 = FloatVector.zero(F);
    FloatVector s3x0 = FloatVector.zero(F);
    FloatVector s4x0 = FloatVector.zero(F);
    FloatVector s5x0 = FloatVector.zero(F);
    FloatVector s6x0 = FloatVector.zero(F);
    FloatVector s7x0 = FloatVector.zero(F);
    for (int q = 0; q < k; q++) {
      int step = steps[q];
      FloatVector w0 = FloatVector.fromArray(F, w, wo);
      FloatVector v0 = FloatVector.broadcast(F, x[x0 + step]);
      s0x0 = v0.fma(w0, s0x0);
      FloatVector v1 = FloatVector.broadcast(F, x[x1 + step]);
      s1x0 = v1.fma(w0, s1x0);
      FloatVector v2 = FloatVector.broadcast(F, x[x2 + step]);
      s2x0 = v2.fma(w0, s2x0);
      FloatVector v3 = FloatVector.broadcast(F, x[x3 + step]);
      s3x0 = v3.fma(w0, s3x0);
      FloatVector v4 = FloatVector.broadcast(F, x[x4 + step]);
      s4x0 = v4.fma(w0, s4x0);
      FloatVector v5 = FloatVector.broadcast(F, x[x5 + step]);
      s5x0 = v5.fma(w0, s5x0);
      FloatVector v6 = FloatVector.broadcast(F, x[x6 + step]);
      s6x0 = v6.fma(w0, s6x0);
      FloatVector v7 = FloatVector.broadcast(F, x[x7 + step]);
      s7x0 = v7.fma(w0, s7x0);
      wo += N;
    }
    s0x0.intoArray(sums, 0);
    s1x0.intoArray(sums, N);
    s2x0.intoArray(sums, 2 * N);
    s3x0.intoArray(sums, 3 * N);
    s4x0.intoArray(sums, 4 * N);
    s5x0.intoArray(sums, 5 * N);
    s6x0.intoArray(sums, 6 * N);
    s7x0.intoArray(sums, 7 * N);
  }

  /** Two blocks of output channels. */
  static void two(
      int k,
      int[] steps,
      float[] x,
      int xo,
      int[] pixels,
      int at,
      float[] w,
      int wo,
      float[] sums) {
    int x0 = xo + pixels[at];
    int x1 = xo + pixels[at + 1];
    int x2 = xo + pixels[at + 2];
    int x3 = xo + pixels[at + 3];
    int x4 = xo + pixels[at + 4];
    int x5 = xo + pixels[at + 5];
    int x6 = xo + pixels[at + 6];
    int x7 = xo + pixels[at + 7];
    FloatVector s0x0 = FloatVector.zero(F);
    FloatVector s0x1 = FloatVector.zero(F);
    FloatVector s1x0 = FloatVector.zero(F);
    FloatVector s1x1 = FloatVector.zero(F);
    FloatVector s2x0 = FloatVector.zero(F);
    FloatVector s2x1 = FloatVector.zero(F);
    FloatVector s3x0 = FloatVector.zero(F);
    FloatVector s3x1 = FloatVector.zero(F);
    FloatVector s4x0 = FloatVector.zero(F);
    FloatVector s4x1 = FloatVector.zero(F);
    FloatVector s5x0 = FloatVector.zero(F);
    FloatVector s5x1 = FloatVector.zero(F);
    FloatVector s6x0 = FloatVector.zero(F);
    FloatVector s6x1 = FloatVector.zero(F);
    FloatVector s7x0 = FloatVector.zero(F);
    FloatVector s7x1 = FloatVector.zero(F);
    for (int q = 0; q < k; q++) {
      int step = steps[q];
      FloatVector w0 = FloatVector.fromArray(F, w, wo);
      FloatVector w1 = FloatVector.fromArray(F, w, wo + N);
      FloatVector v0 = FloatVector.broadcast(F, x[x0 + step]);
      s0x0 = v0.fma(w0, s0x0);
      s0x1 = v0.fma(w1, s0x1);
      FloatVector v1 = FloatVector.broadcast(F, x[x1 + step]);
      s1x0 = v1.fma(w0, s1x0);
      s1x1 = v1.fma(w1, s1x1);
      FloatVector v2 = FloatVector.broadcast(F, x[x2 + step]);
      s2x0 = v2.fma(w0, s2x0);
      s2x1 = v2.fma(w1, s2x1);
      FloatVector v3 = FloatVector.broadcast(F, x[x3 + step]);
      s3x0 = v3.fma(w0, s3x0);
      s3x1 = v3.fma(w1, s3x1);
      FloatVector v4 = FloatVector.broadcast(F, x[x4 + step]);
      s4x0 = v4.fma(w0, s4x0);
      s4x1 = v4.fma(w1, s4x1);
      FloatVector v5 = FloatVector.broadcast(F, x[x5 + step]);
      s5x0 = v5.fma(w0, s5x0);
      s5x1 = v5.fma(w1, s5x1);
      FloatVector v6 = FloatVector.broadcast(F, x[x6 + step]);
      s6x0 = v6.fma(w0, s6x0);
      s6x1 = v6.fma(w1, s6x1);
      FloatVector v7 = FloatVector.broadcast(F, x[x7 + step]);
      s7x0 = v7.fma(w0, s7x0);
      s7x1 = v7.fma(w1, s7x1);
      wo += 2 * N;
    }
    s0x0.intoArray(sums, 0);
    s1x0.intoArray(sums, N);
    s2x0.intoArray(sums, 2 * N);
    s3x0.intoArray(sums, 3 * N);
    s4x0.intoArray(sums, 4 * N);
    s5x0.intoArray(sums, 5 * N);
    s6x0.intoArray(sums, 6 * N);
    s7x0.intoArray(sums, 7 * N);
    s0x1.intoArray(sums, 8 * N);
    s1x1.intoArray(sums, 9 * N);
    s2x1.intoArray(sums, 10 * N);
    s3x1.intoArray(sums, 11 * N);
    s4x1.intoArray(sums, 12 * N);
    s5x1.intoArray(sums, 13 * N);
    s6x1.intoArray(sums, 14 * N);
    s7x1.intoArray(sums, 15 * N);
  }

  /** Three blocks of output channels. */
  static void three(
      int k,
      int[] steps,
      float[] x,
      int xo,
      int[] pixels,
      int at,
      float[] w,
      int wo,
      float[] sums) {
    int x0 = xo + pixels[at];
    int x1 = xo + pixels[at + 1];
    int x2 = xo + pixels[at + 2];
    int x3 = xo + pixels[at + 3];
    int x4 = xo + pixels[at + 4];
    int x5 = xo + pixels[at + 5];
    int x6 = xo + pixels[at + 6];
    int x7 = xo + pixels[at + 7];
    FloatVector s0x0 = FloatVector.zero(F);
    FloatVector s0x1 = FloatVector.zero(F);
    FloatVector s0x2 = FloatVector.zero(F);
    FloatVector s1x0 = FloatVector.zero(F);
    FloatVector s1x1 = FloatVector.zero(F);
    FloatVector s1x2 = FloatVector.zero(F);
    FloatVector s2x0 = FloatVector.zero(F);
    FloatVector s2x1 = FloatVector.zero(F);
    FloatVector s2x2 = FloatVector.zero(F);
    FloatVector s3x0 = FloatVector.zero(F);
    FloatVector s3x1 = FloatVector.zero(F);
    FloatVector s3x2 = FloatVector.zero(F);
    FloatVector s4x0 = FloatVector.zero(F);
    FloatVector s4x1 = FloatVector.zero(F);
    FloatVector s4x2 = FloatVector.zero(F);
    FloatVector s5x0 = FloatVector.zero(F);
    FloatVector s5x1 = FloatVector.zero(F);
    FloatVector s5x2 = FloatVector.zero(F);
    FloatVector s6x0 = FloatVector.zero(F);
    FloatVector s6x1 = FloatVector.zero(F);
    FloatVector s6x2 = FloatVector.zero(F);
    FloatVector s7x0 = FloatVector.zero(F);
    FloatVector s7x1 = FloatVector.zero(F);
    FloatVector s7x2 = FloatVector.zero(F);
    for (int q = 0; q < k; q++) {
      int step = steps[q];
      FloatVector w0 = FloatVector.fromArray(F, w, wo);
      FloatVector w1 = FloatVector.fromArray(F, w, wo + N);
      FloatVector w2 = FloatVector.fromArray(F, w, wo + 2 * N);
      FloatVector v0 = FloatVector.broadcast(F, x[x0 + step]);
      s0x0 = v0.fma(w0, s0x0);
      s0x1 = v0.fma(w1, s0x1);
      s0x2 = v0.fma(w2, s0x2);
      FloatVector v1 = FloatVector.broadcast(F, x[x1 + step]);
      s1x0 = v1.fma(w0, s1x0);
      s1x1 = v1.fma(w1, s1x1);
      s1x2 = v1.fma(w2, s1x2);
      FloatVector v2 = FloatVector.broadcast(F, x[x2 + step]);
      s2x0 = v2.fma(w0, s2x0);
      s2x1 = v2.fma(w1, s2x1);
      s2x2 = v2.fma(w2, s2x2);
      FloatVector v3 = FloatVector.broadcast(F, x[x3 + step]);
      s3x0 = v3.fma(w0, s3x0);
      s3x1 = v3.fma(w1, s3x1);
      s3x2 = v3.fma(w2, s3x2);
      FloatVector v4 = FloatVector.broadcast(F, x[x4 + step]);
      s4x0 = v4.fma(w0, s4x0);
      s4x1 = v4.fma(w1, s4x1);
      s4x2 = v4.fma(w2, s4x2);
      FloatVector v5 = FloatVector.broadcast(F, x[x5 + step]);
      s5x0 = v5.fma(w0, s5x0);
      s5x1 = v5.fma(w1, s5x1);
      s5x2 = v5.fma(w2, s5x2);
      FloatVector v6 = FloatVector.broadcast(F, x[x6 + step]);
      s6x0 = v6.fma(w0, s6x0);
      s6x1 = v6.fma(w1, s6x1);
      s6x2 = v6.fma(w2, s6x2);
      FloatVector v7 = FloatVector.broadcast(F, x[x7 + step]);
      s7x0 = v7.fma(w0, s7x0);
      s7x1 = v7.fma(w1, s7x1);
      s7x2 = v7.fma(w2, s7x2);
      wo += 3 * N;
    }
    s0x0.intoArray(sums, 0);
    s1x0.intoArray(sums, N);
    s2x0.intoArray(sums, 2 * N);
    s3x0.intoArray(sums, 3 * N);
    s4x0.intoArray(sums, 4 * N);
    s5x0.intoArray(sums, 5 * N);
    s6x0.intoArray(sums, 6 * N);
    s7x0.intoArray(sums, 7 * N);
    s0x1.intoArray(sums, 8 * N);
    s1x1.intoArray(sums, 9 * N);
    s2x1.intoArray(sums, 10 * N);
    s3x1.intoArray(sums, 11 * N);
    s4x1.intoArray(sums, 12 * N);
    s5x1.intoArray(sums, 13 * N);
    s6x1.intoArray(sums, 14 * N);
    s7x1.intoArray(sums, 15 * N);
    s0x2.intoArray(sums, 16 * N);
    s1x2.intoArray(sums, 17 * N);
    s2x2.intoArray(sums, 18 * N);
    s3x2.intoArray(sums, 19 * N);
    s4x2.intoArray(sums, 20 * N);
    s5x2.intoArray(sums, 21 * N);
    s6x2.intoArray(sums, 22 * N);
    s7x2.intoArray(sums, 23 * N);
  }
}
