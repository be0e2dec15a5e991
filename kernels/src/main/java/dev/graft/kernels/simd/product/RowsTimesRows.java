package dev.graft.kernels.simd.product;

import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import java.util.Arrays;

/**
 * {@code C = alpha A B^T + beta C} where the rows of A [m, k] and of B [n, k] lie contiguous and
 * one of them has few rows: bound by reading the other once, so nothing is packed.
 */
public final class RowsTimesRows {

  /** Multiply-adds that are worth a thread. */
  private static final int CHUNK = 1 << 16;

  private RowsTimesRows() {}

  public static void run(
      Workers workers,
      ScratchArrays scratch,
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float alpha,
      float beta,
      float[] c,
      int co) {
    int rowTiles = (m + Dots.ROWS - 1) / Dots.ROWS;
    int columnTiles = (n + Dots.COLUMNS - 1) / Dots.COLUMNS;
    int tiles = rowTiles * columnTiles;
    int perChunk = (int) Math.max(1, CHUNK / ((long) k * Dots.ROWS * Dots.COLUMNS));
    workers.forEach(
        (tiles + perChunk - 1) / perChunk,
        chunk -> {
          float[] sums = scratch.take(Dots.SUMS);
          int end = Math.min(tiles, (chunk + 1) * perChunk);
          for (int t = chunk * perChunk; t < end; t++) {
            // The longer operand outside: each of its rows is read once.
            int row = (n > m ? t % rowTiles : t / columnTiles) * Dots.ROWS;
            int column = (n > m ? t / rowTiles : t % columnTiles) * Dots.COLUMNS;
            tile(m, n, k, a, ao, b, bo, row, column, sums);
            store(m, n, k, a, ao, b, bo, row, column, sums, alpha, beta, c, co);
          }
          scratch.give(sums);
        });
  }

  private static void tile(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int row,
      int column,
      float[] sums) {
    Arrays.fill(sums, 0, Dots.SUMS, 0f);
    int whole = Lanes.FLOATS.loopBound(k);
    if (row + 1 == m || column + 1 == n) {
      // A thin edge: every dot product alone.
      for (int i = row; i < Math.min(m, row + Dots.ROWS); i++) {
        for (int j = column; j < Math.min(n, column + Dots.COLUMNS); j++) {
          int at = ((i - row) * Dots.COLUMNS + j - column) * Lanes.COUNT;
          Dots.accumulateOne(whole, a, ao + i * k, b, bo + j * k, sums, at);
        }
      }
      return;
    }
    Dots.accumulate(whole, a, ao + row * k, k, m - row, b, bo + column * k, k, n - column, sums, 0);
  }

  private static void store(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      float[] b,
      int bo,
      int row,
      int column,
      float[] sums,
      float alpha,
      float beta,
      float[] c,
      int co) {
    int whole = Lanes.FLOATS.loopBound(k);
    for (int i = row; i < Math.min(m, row + Dots.ROWS); i++) {
      for (int j = column; j < Math.min(n, column + Dots.COLUMNS); j++) {
        float sum = Dots.fold(sums, ((i - row) * Dots.COLUMNS + j - column) * Lanes.COUNT);
        for (int p = whole; p < k; p++) {
          sum = Math.fma(a[ao + i * k + p], b[bo + j * k + p], sum);
        }
        int at = co + i * n + j;
        c[at] = beta == 0 ? alpha * sum : alpha * sum + beta * c[at];
      }
    }
  }
}
