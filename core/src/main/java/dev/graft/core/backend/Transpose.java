package dev.graft.core.backend;

/** Gathers rows whose elements lie apart: a transpose on the way into a panel. */
final class Transpose {

  private Transpose() {}

  /**
   * {@code rows[i][to + j] = x[offset + i rowStride + j columnStride]}. Eight columns are read side
   * by side, so that a row's array is looked up once for eight elements.
   */
  static void intoRows(
      float[] x,
      int offset,
      int rowStride,
      int columnStride,
      int count,
      int width,
      float[][] rows,
      int to) {
    int j = 0;
    for (; j + 8 <= width; j += 8) {
      int first = offset + j * columnStride;
      for (int i = 0; i < count; i++) {
        float[] row = rows[i];
        int from = first + i * rowStride;
        row[to + j] = x[from];
        row[to + j + 1] = x[from + columnStride];
        row[to + j + 2] = x[from + 2 * columnStride];
        row[to + j + 3] = x[from + 3 * columnStride];
        row[to + j + 4] = x[from + 4 * columnStride];
        row[to + j + 5] = x[from + 5 * columnStride];
        row[to + j + 6] = x[from + 6 * columnStride];
        row[to + j + 7] = x[from + 7 * columnStride];
      }
    }
    for (; j < width; j++) {
      int first = offset + j * columnStride;
      for (int i = 0; i < count; i++) {
        rows[i][to + j] = x[first + i * rowStride];
      }
    }
  }
}
