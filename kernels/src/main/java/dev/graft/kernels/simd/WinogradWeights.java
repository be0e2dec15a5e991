package dev.graft.kernels.simd;

import dev.graft.core.backend.Workers;

/**
 * Weights of a 3x3 convolution in the Winograd domain: {@code U = G w G^T}, 36 matrices [m,
 * channels], each packed as {@link Left} packs.
 *
 * @param array the weights [m, channels, 3, 3], or [channels, m, 3, 3] where they are transposed
 * @param transposed whether they are transposed and turned by 180 degrees: the weights that lead
 *     from the gradient of the output to that of the input
 */
record WinogradWeights(float[] array, int offset, int m, int channels, boolean transposed) {

  /** The transform of a kernel's row or column, in double precision: it is computed once. */
  private static final double[][] G = {
    {1 / 4.0, 0, 0},
    {-1 / 6.0, -1 / 6.0, -1 / 6.0},
    {-1 / 6.0, 1 / 6.0, -1 / 6.0},
    {1 / 24.0, 1 / 12.0, 1 / 6.0},
    {1 / 24.0, -1 / 12.0, 1 / 6.0},
    {0, 0, 1}
  };

  /** Elements of the packed form of {@code m} times {@code channels} kernels. */
  static int packedLength(int m, int channels) {
    return Math.multiplyExact(Winograd.POINTS * Tiles.padded(m), channels);
  }

  /** Transforms and packs all weights to {@code to[at…]}. */
  void pack(Workers workers, float[] to, int at) {
    int rows = Tiles.padded(m);
    workers.forEach(
        (rows + Tiles.TALL - 1) / Tiles.TALL,
        chunk -> {
          double[] u = new double[18];
          int end = Math.min(rows, (chunk + 1) * Tiles.TALL);
          for (int row = chunk * Tiles.TALL; row < end; ) {
            int height = Tiles.height(m - row);
            for (int r = 0; r < height; r++) {
              for (int c = 0; c < channels; c++) {
                int block = c / Product.DEPTH * Product.DEPTH;
                int depth = Math.min(Product.DEPTH, channels - block);
                int target = at + rows * block + row * depth + (c - block) * height + r;
                if (row + r < m) {
                  transform(row + r, c, u, to, target, rows * channels);
                } else {
                  for (int point = 0; point < Winograd.POINTS; point++) {
                    to[target + point * rows * channels] = 0;
                  }
                }
              }
            }
            row += height;
          }
        });
  }

  private void transform(int row, int c, double[] u, float[] to, int at, int stride) {
    int from = offset + (transposed ? c * m + row : row * channels + c) * 9;
    for (int i = 0; i < 6; i++) {
      double[] g = G[i];
      for (int j = 0; j < 3; j++) {
        u[i * 3 + j] =
            transposed
                ? g[0] * array[from + 8 - j]
                    + g[1] * array[from + 5 - j]
                    + g[2] * array[from + 2 - j]
                : g[0] * array[from + j] + g[1] * array[from + 3 + j] + g[2] * array[from + 6 + j];
      }
    }
    for (int i = 0; i < 6; i++) {
      for (int j = 0; j < 6; j++) {
        double[] g = G[j];
        to[at] = (float) (g[0] * u[i * 3] + g[1] * u[i * 3 + 1] + g[2] * u[i * 3 + 2]);
        at += stride;
      }
    }
  }
}
