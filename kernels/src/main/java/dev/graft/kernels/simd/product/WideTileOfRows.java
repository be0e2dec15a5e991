package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TileOfRows} three vectors wide: 18 accumulators, which want the 32 registers that come
 * with 512 bits. It loads two thirds as much for a product as two vectors do.
 */
final class WideTileOfRows {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private WideTileOfRows() {}

  /** See {@link TilesOfRows#multiplyWide}. */
  static void multiply(
      int k,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      int a4,
      int a5,
      float[] b,
      int bo0,
      int bo1,
      int bo2,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector c0x0 = FloatVector.zero(F);
    FloatVector c0x1 = FloatVector.zero(F);
    FloatVector c0x2 = FloatVector.zero(F);
    FloatVector c1x0 = FloatVector.zero(F);
    FloatVector c1x1 = FloatVector.zero(F);
    FloatVector c1x2 = FloatVector.zero(F);
    FloatVector c2x0 = FloatVector.zero(F);
    FloatVector c2x1 = FloatVector.zero(F);
    FloatVector c2x2 = FloatVector.zero(F);
    FloatVector c3x0 = FloatVector.zero(F);
    FloatVector c3x1 = FloatVector.zero(F);
    FloatVector c3x2 = FloatVector.zero(F);
    FloatVector c4x0 = FloatVector.zero(F);
    FloatVector c4x1 = FloatVector.zero(F);
    FloatVector c4x2 = FloatVector.zero(F);
    FloatVector c5x0 = FloatVector.zero(F);
    FloatVector c5x1 = FloatVector.zero(F);
    FloatVector c5x2 = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo0);
      FloatVector b1 = FloatVector.fromArray(F, b, bo1);
      FloatVector b2 = FloatVector.fromArray(F, b, bo2);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + p]);
      c0x0 = x0.fma(b0, c0x0);
      c0x1 = x0.fma(b1, c0x1);
      c0x2 = x0.fma(b2, c0x2);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
      c1x0 = x1.fma(b0, c1x0);
      c1x1 = x1.fma(b1, c1x1);
      c1x2 = x1.fma(b2, c1x2);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
      c2x0 = x2.fma(b0, c2x0);
      c2x1 = x2.fma(b1, c2x1);
      c2x2 = x2.fma(b2, c2x2);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
      c3x0 = x3.fma(b0, c3x0);
      c3x1 = x3.fma(b1, c3x1);
      c3x2 = x3.fma(b2, c3x2);
      FloatVector x4 = FloatVector.broadcast(F, a[a4 + p]);
      c4x0 = x4.fma(b0, c4x0);
      c4x1 = x4.fma(b1, c4x1);
      c4x2 = x4.fma(b2, c4x2);
      FloatVector x5 = FloatVector.broadcast(F, a[a5 + p]);
      c5x0 = x5.fma(b0, c5x0);
      c5x1 = x5.fma(b1, c5x1);
      c5x2 = x5.fma(b2, c5x2);
      bo0 += Tiles.WIDTH;
      bo1 += Tiles.WIDTH;
      bo2 += Tiles.WIDTH;
    }
    if (add) {
      int at = co;
      c0x0 = FloatVector.fromArray(F, c, at).add(c0x0);
      c0x1 = FloatVector.fromArray(F, c, at + N).add(c0x1);
      c0x2 = FloatVector.fromArray(F, c, at + 2 * N).add(c0x2);
      at += ldc;
      c1x0 = FloatVector.fromArray(F, c, at).add(c1x0);
      c1x1 = FloatVector.fromArray(F, c, at + N).add(c1x1);
      c1x2 = FloatVector.fromArray(F, c, at + 2 * N).add(c1x2);
      at += ldc;
      c2x0 = FloatVector.fromArray(F, c, at).add(c2x0);
      c2x1 = FloatVector.fromArray(F, c, at + N).add(c2x1);
      c2x2 = FloatVector.fromArray(F, c, at + 2 * N).add(c2x2);
      at += ldc;
      c3x0 = FloatVector.fromArray(F, c, at).add(c3x0);
      c3x1 = FloatVector.fromArray(F, c, at + N).add(c3x1);
      c3x2 = FloatVector.fromArray(F, c, at + 2 * N).add(c3x2);
      at += ldc;
      c4x0 = FloatVector.fromArray(F, c, at).add(c4x0);
      c4x1 = FloatVector.fromArray(F, c, at + N).add(c4x1);
      c4x2 = FloatVector.fromArray(F, c, at + 2 * N).add(c4x2);
      at += ldc;
      c5x0 = FloatVector.fromArray(F, c, at).add(c5x0);
      c5x1 = FloatVector.fromArray(F, c, at + N).add(c5x1);
      c5x2 = FloatVector.fromArray(F, c, at + 2 * N).add(c5x2);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + N);
    c0x2.intoArray(c, co + 2 * N);
    co += ldc;
    c1x0.intoArray(c, co);
    c1x1.intoArray(c, co + N);
    c1x2.intoArray(c, co + 2 * N);
    co += ldc;
    c2x0.intoArray(c, co);
    c2x1.intoArray(c, co + N);
    c2x2.intoArray(c, co + 2 * N);
    co += ldc;
    c3x0.intoArray(c, co);
    c3x1.intoArray(c, co + N);
    c3x2.intoArray(c, co + 2 * N);
    co += ldc;
    c4x0.intoArray(c, co);
    c4x1.intoArray(c, co + N);
    c4x2.intoArray(c, co + 2 * N);
    co += ldc;
    c5x0.intoArray(c, co);
    c5x1.intoArray(c, co + N);
    c5x2.intoArray(c, co + 2 * N);
  }
}
