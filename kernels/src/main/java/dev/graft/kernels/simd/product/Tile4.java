package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@code C = A B} for a tile of 4 rows and two vectors: what is left below taller tiles. */
final class Tile4 {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private Tile4() {}

  /** See {@link Tiles#multiply}. */
  static void multiply(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int ldb,
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
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo);
      FloatVector b1 = FloatVector.fromArray(F, b, bo + N);
      FloatVector a0 = FloatVector.broadcast(F, a[ao]);
      c0x0 = a0.fma(b0, c0x0);
      c0x1 = a0.fma(b1, c0x1);
      FloatVector a1 = FloatVector.broadcast(F, a[ao + 1]);
      c1x0 = a1.fma(b0, c1x0);
      c1x1 = a1.fma(b1, c1x1);
      FloatVector a2 = FloatVector.broadcast(F, a[ao + 2]);
      c2x0 = a2.fma(b0, c2x0);
      c2x1 = a2.fma(b1, c2x1);
      FloatVector a3 = FloatVector.broadcast(F, a[ao + 3]);
      c3x0 = a3.fma(b0, c3x0);
      c3x1 = a3.fma(b1, c3x1);
      ao += 4;
      bo += ldb;
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
  }

  /** The same for a single vector of columns; rows of b are {@code ldb} apart all the same. */
  static void multiplyNarrow(
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int ldb,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    FloatVector c0 = FloatVector.zero(F);
    FloatVector c1 = FloatVector.zero(F);
    FloatVector c2 = FloatVector.zero(F);
    FloatVector c3 = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo);
      c0 = FloatVector.broadcast(F, a[ao]).fma(b0, c0);
      c1 = FloatVector.broadcast(F, a[ao + 1]).fma(b0, c1);
      c2 = FloatVector.broadcast(F, a[ao + 2]).fma(b0, c2);
      c3 = FloatVector.broadcast(F, a[ao + 3]).fma(b0, c3);
      ao += 4;
      bo += ldb;
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
    }
    c0.intoArray(c, co);
    co += ldc;
    c1.intoArray(c, co);
    co += ldc;
    c2.intoArray(c, co);
    co += ldc;
    c3.intoArray(c, co);
  }
}
