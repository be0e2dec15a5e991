package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Tile6} for rows of A that were not packed: where B has few columns, packing an element of
 * A costs as much as all the products it takes part in.
 */
final class TileOfRows {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private TileOfRows() {}

  /** See {@link TilesOfRows#multiply}. */
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
      int bo,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector c0x0 = FloatVector.zero(F);
    FloatVector c0x1 = FloatVector.zero(F);
    FloatVector c1x0 = FloatVector.zero(F);
    FloatVector c1x1 = FloatVector.zero(F);
    FloatVector c2x0 = FloatVector.zero(F);
    FloatVector c2x1 = FloatVector.zero(F);
    FloatVector c3x0 = FloatVector.zero(F);
    FloatVector c3x1 = FloatVector.zero(F);
    FloatVector c4x0 = FloatVector.zero(F);
    FloatVector c4x1 = FloatVector.zero(F);
    FloatVector c5x0 = FloatVector.zero(F);
    FloatVector c5x1 = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo);
      FloatVector b1 = FloatVector.fromArray(F, b, bo + N);
      FloatVector x0 = FloatVector.broadcast(F, a[a0 + p]);
      c0x0 = x0.fma(b0, c0x0);
      c0x1 = x0.fma(b1, c0x1);
      FloatVector x1 = FloatVector.broadcast(F, a[a1 + p]);
      c1x0 = x1.fma(b0, c1x0);
      c1x1 = x1.fma(b1, c1x1);
      FloatVector x2 = FloatVector.broadcast(F, a[a2 + p]);
      c2x0 = x2.fma(b0, c2x0);
      c2x1 = x2.fma(b1, c2x1);
      FloatVector x3 = FloatVector.broadcast(F, a[a3 + p]);
      c3x0 = x3.fma(b0, c3x0);
      c3x1 = x3.fma(b1, c3x1);
      FloatVector x4 = FloatVector.broadcast(F, a[a4 + p]);
      c4x0 = x4.fma(b0, c4x0);
      c4x1 = x4.fma(b1, c4x1);
      FloatVector x5 = FloatVector.broadcast(F, a[a5 + p]);
      c5x0 = x5.fma(b0, c5x0);
      c5x1 = x5.fma(b1, c5x1);
      bo += 2 * N;
    }
    if (add) {
      int at = co;
      c0x0 = FloatVector.fromArray(F, c, at).add(c0x0);
      c0x1 = FloatVector.fromArray(F, c, at + N).add(c0x1);
      at += ldc;
      c1x0 = FloatVector.fromArray(F, c, at).add(c1x0);
      c1x1 = FloatVector.fromArray(F, c, at + N).add(c1x1);
      at += ldc;
      c2x0 = FloatVector.fromArray(F, c, at).add(c2x0);
      c2x1 = FloatVector.fromArray(F, c, at + N).add(c2x1);
      at += ldc;
      c3x0 = FloatVector.fromArray(F, c, at).add(c3x0);
      c3x1 = FloatVector.fromArray(F, c, at + N).add(c3x1);
      at += ldc;
      c4x0 = FloatVector.fromArray(F, c, at).add(c4x0);
      c4x1 = FloatVector.fromArray(F, c, at + N).add(c4x1);
      at += ldc;
      c5x0 = FloatVector.fromArray(F, c, at).add(c5x0);
      c5x1 = FloatVector.fromArray(F, c, at + N).add(c5x1);
    }
    c0x0.intoArray(c, co);
    c0x1.intoArray(c, co + N);
    co += ldc;
    c1x0.intoArray(c, co);
    c1x1.intoArray(c, co + N);
    co += ldc;
    c2x0.intoArray(c, co);
    c2x1.intoArray(c, co + N);
    co += ldc;
    c3x0.intoArray(c, co);
    c3x1.intoArray(c, co + N);
    co += ldc;
    c4x0.intoArray(c, co);
    c4x1.intoArray(c, co + N);
    co += ldc;
    c5x0.intoArray(c, co);
    c5x1.intoArray(c, co + N);
  }

  /** See {@link TilesOfRows#multiplyNarrow}. */
  static void multiplyNarrow(
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
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector c0 = FloatVector.zero(F);
    FloatVector c1 = FloatVector.zero(F);
    FloatVector c2 = FloatVector.zero(F);
    FloatVector c3 = FloatVector.zero(F);
    FloatVector c4 = FloatVector.zero(F);
    FloatVector c5 = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo);
      c0 = FloatVector.broadcast(F, a[a0 + p]).fma(b0, c0);
      c1 = FloatVector.broadcast(F, a[a1 + p]).fma(b0, c1);
      c2 = FloatVector.broadcast(F, a[a2 + p]).fma(b0, c2);
      c3 = FloatVector.broadcast(F, a[a3 + p]).fma(b0, c3);
      c4 = FloatVector.broadcast(F, a[a4 + p]).fma(b0, c4);
      c5 = FloatVector.broadcast(F, a[a5 + p]).fma(b0, c5);
      bo += 2 * N;
    }
    if (add) {
      int at = co;
      c0 = FloatVector.fromArray(F, c, at).add(c0);
      at += ldc;
      c1 = FloatVector.fromArray(F, c, at).add(c1);
      at += ldc;
      c2 = FloatVector.fromArray(F, c, at).add(c2);
      at += ldc;
      c3 = FloatVector.fromArray(F, c, at).add(c3);
      at += ldc;
      c4 = FloatVector.fromArray(F, c, at).add(c4);
      at += ldc;
      c5 = FloatVector.fromArray(F, c, at).add(c5);
    }
    c0.intoArray(c, co);
    co += ldc;
    c1.intoArray(c, co);
    co += ldc;
    c2.intoArray(c, co);
    co += ldc;
    c3.intoArray(c, co);
    co += ldc;
    c4.intoArray(c, co);
    co += ldc;
    c5.intoArray(c, co);
  }
}
