package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@code C = A B} for a tile of 12 rows and two vectors: 24 accumulators, two vectors of B and the
 * broadcast value of A stay in the 32 registers of AVX-512.
 */
final class Tile12 {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private Tile12() {}

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
    FloatVector c4x0 = FloatVector.zero(F);
    FloatVector c4x1 = FloatVector.zero(F);
    FloatVector c5x0 = FloatVector.zero(F);
    FloatVector c5x1 = FloatVector.zero(F);
    FloatVector c6x0 = FloatVector.zero(F);
    FloatVector c6x1 = FloatVector.zero(F);
    FloatVector c7x0 = FloatVector.zero(F);
    FloatVector c7x1 = FloatVector.zero(F);
    FloatVector c8x0 = FloatVector.zero(F);
    FloatVector c8x1 = FloatVector.zero(F);
    FloatVector c9x0 = FloatVector.zero(F);
    FloatVector c9x1 = FloatVector.zero(F);
    FloatVector c10x0 = FloatVector.zero(F);
    FloatVector c10x1 = FloatVector.zero(F);
    FloatVector c11x0 = FloatVector.zero(F);
    FloatVector c11x1 = FloatVector.zero(F);
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
      FloatVector a4 = FloatVector.broadcast(F, a[ao + 4]);
      c4x0 = a4.fma(b0, c4x0);
      c4x1 = a4.fma(b1, c4x1);
      FloatVector a5 = FloatVector.broadcast(F, a[ao + 5]);
      c5x0 = a5.fma(b0, c5x0);
      c5x1 = a5.fma(b1, c5x1);
      FloatVector a6 = FloatVector.broadcast(F, a[ao + 6]);
      c6x0 = a6.fma(b0, c6x0);
      c6x1 = a6.fma(b1, c6x1);
      FloatVector a7 = FloatVector.broadcast(F, a[ao + 7]);
      c7x0 = a7.fma(b0, c7x0);
      c7x1 = a7.fma(b1, c7x1);
      FloatVector a8 = FloatVector.broadcast(F, a[ao + 8]);
      c8x0 = a8.fma(b0, c8x0);
      c8x1 = a8.fma(b1, c8x1);
      FloatVector a9 = FloatVector.broadcast(F, a[ao + 9]);
      c9x0 = a9.fma(b0, c9x0);
      c9x1 = a9.fma(b1, c9x1);
      FloatVector a10 = FloatVector.broadcast(F, a[ao + 10]);
      c10x0 = a10.fma(b0, c10x0);
      c10x1 = a10.fma(b1, c10x1);
      FloatVector a11 = FloatVector.broadcast(F, a[ao + 11]);
      c11x0 = a11.fma(b0, c11x0);
      c11x1 = a11.fma(b1, c11x1);
      ao += 12;
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
      at += ldc;
      c4x0 = FloatVector.fromArray(F, c, at).add(c4x0);
      c4x1 = FloatVector.fromArray(F, c, at + N).add(c4x1);
      at += ldc;
      c5x0 = FloatVector.fromArray(F, c, at).add(c5x0);
      c5x1 = FloatVector.fromArray(F, c, at + N).add(c5x1);
      at += ldc;
      c6x0 = FloatVector.fromArray(F, c, at).add(c6x0);
      c6x1 = FloatVector.fromArray(F, c, at + N).add(c6x1);
      at += ldc;
      c7x0 = FloatVector.fromArray(F, c, at).add(c7x0);
      c7x1 = FloatVector.fromArray(F, c, at + N).add(c7x1);
      at += ldc;
      c8x0 = FloatVector.fromArray(F, c, at).add(c8x0);
      c8x1 = FloatVector.fromArray(F, c, at + N).add(c8x1);
      at += ldc;
      c9x0 = FloatVector.fromArray(F, c, at).add(c9x0);
      c9x1 = FloatVector.fromArray(F, c, at + N).add(c9x1);
      at += ldc;
      c10x0 = FloatVector.fromArray(F, c, at).add(c10x0);
      c10x1 = FloatVector.fromArray(F, c, at + N).add(c10x1);
      at += ldc;
      c11x0 = FloatVector.fromArray(F, c, at).add(c11x0);
      c11x1 = FloatVector.fromArray(F, c, at + N).add(c11x1);
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
    co += ldc;
    c6x0.intoArray(c, co);
    c6x1.intoArray(c, co + N);
    co += ldc;
    c7x0.intoArray(c, co);
    c7x1.intoArray(c, co + N);
    co += ldc;
    c8x0.intoArray(c, co);
    c8x1.intoArray(c, co + N);
    co += ldc;
    c9x0.intoArray(c, co);
    c9x1.intoArray(c, co + N);
    co += ldc;
    c10x0.intoArray(c, co);
    c10x1.intoArray(c, co + N);
    co += ldc;
    c11x0.intoArray(c, co);
    c11x1.intoArray(c, co + N);
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
    FloatVector c4 = FloatVector.zero(F);
    FloatVector c5 = FloatVector.zero(F);
    FloatVector c6 = FloatVector.zero(F);
    FloatVector c7 = FloatVector.zero(F);
    FloatVector c8 = FloatVector.zero(F);
    FloatVector c9 = FloatVector.zero(F);
    FloatVector c10 = FloatVector.zero(F);
    FloatVector c11 = FloatVector.zero(F);
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(F, b, bo);
      c0 = FloatVector.broadcast(F, a[ao]).fma(b0, c0);
      c1 = FloatVector.broadcast(F, a[ao + 1]).fma(b0, c1);
      c2 = FloatVector.broadcast(F, a[ao + 2]).fma(b0, c2);
      c3 = FloatVector.broadcast(F, a[ao + 3]).fma(b0, c3);
      c4 = FloatVector.broadcast(F, a[ao + 4]).fma(b0, c4);
      c5 = FloatVector.broadcast(F, a[ao + 5]).fma(b0, c5);
      c6 = FloatVector.broadcast(F, a[ao + 6]).fma(b0, c6);
      c7 = FloatVector.broadcast(F, a[ao + 7]).fma(b0, c7);
      c8 = FloatVector.broadcast(F, a[ao + 8]).fma(b0, c8);
      c9 = FloatVector.broadcast(F, a[ao + 9]).fma(b0, c9);
      c10 = FloatVector.broadcast(F, a[ao + 10]).fma(b0, c10);
      c11 = FloatVector.broadcast(F, a[ao + 11]).fma(b0, c11);
      ao += 12;
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
      at += ldc;
      c4 = FloatVector.fromArray(F, c, at).add(c4);
      at += ldc;
      c5 = FloatVector.fromArray(F, c, at).add(c5);
      at += ldc;
      c6 = FloatVector.fromArray(F, c, at).add(c6);
      at += ldc;
      c7 = FloatVector.fromArray(F, c, at).add(c7);
      at += ldc;
      c8 = FloatVector.fromArray(F, c, at).add(c8);
      at += ldc;
      c9 = FloatVector.fromArray(F, c, at).add(c9);
      at += ldc;
      c10 = FloatVector.fromArray(F, c, at).add(c10);
      at += ldc;
      c11 = FloatVector.fromArray(F, c, at).add(c11);
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
    co += ldc;
    c6.intoArray(c, co);
    co += ldc;
    c7.intoArray(c, co);
    co += ldc;
    c8.intoArray(c, co);
    co += ldc;
    c9.intoArray(c, co);
    co += ldc;
    c10.intoArray(c, co);
    co += ldc;
    c11.intoArray(c, co);
  }
}
