package dev.graft.core.backend.plain;

/**
 * Gathers rows whose elements lie apart: a transpose on the way into a panel. Eight columns are
 * read side by side, so that a row's array is looked up once for eight elements.
 */
final class Transpose {

  private Transpose() {}

  /** {@code rows[firstRow + i][j] = x[offset + i rowStride + j columnStride]}. */
  static void intoRows(
      float[] x,
      int offset,
      int rowStride,
      int columnStride,
      int count,
      int width,
      float[][] rows,
      int firstRow) {
    int j = 0;
    for (; j + 8 <= width; j += 8) {
      int first = offset + j * columnStride;
      for (int i = 0; i < count; i++) {
        float[] row = rows[firstRow + i];
        int from = first + i * rowStride;
        row[j] = x[from];
        row[j + 1] = x[from + columnStride];
        row[j + 2] = x[from + 2 * columnStride];
        row[j + 3] = x[from + 3 * columnStride];
        row[j + 4] = x[from + 4 * columnStride];
        row[j + 5] = x[from + 5 * columnStride];
        row[j + 6] = x[from + 6 * columnStride];
        row[j + 7] = x[from + 7 * columnStride];
      }
    }
    for (; j < width; j++) {
      int first = offset + j * columnStride;
      for (int i = 0; i < count; i++) {
        rows[firstRow + i][j] = x[first + i * rowStride];
      }
    }
  }

  /** {@code rows[i][j] = alpha x[offset + at[i] + j columnStride]}. */
  static void intoRows(
      float[] x,
      int[] at,
      int offset,
      int columnStride,
      float alpha,
      int count,
      int width,
      float[][] rows) {
    int j = 0;
    for (; j + 8 <= width; j += 8) {
      int first = offset + j * columnStride;
      for (int i = 0; i < count; i++) {
        float[] row = rows[i];
        int from = first + at[i];
        row[j] = alpha * x[from];
        row[j + 1] = alpha * x[from + columnStride];
        row[j + 2] = alpha * x[from + 2 * columnStride];
        row[j + 3] = alpha * x[from + 3 * columnStride];
        row[j + 4] = alpha * x[from + 4 * columnStride];
        row[j + 5] = alpha * x[from + 5 * columnStride];
        row[j + 6] = alpha * x[from + 6 * columnStride];
        row[j + 7] = alpha * x[from + 7 * columnStride];
      }
    }
    for (; j < width; j++) {
      int first = offset + j * columnStride;
      for (int i = 0; i < count; i++) {
        rows[i][j] = alpha * x[first + at[i]];
      }
    }
  }
}
