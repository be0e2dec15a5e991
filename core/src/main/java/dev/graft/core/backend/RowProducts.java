package dev.graft.core.backend;

import java.util.function.IntFunction;

/**
 * Cuts a family of equal {@link RowProduct}s into tiles and runs them on the workers. The cut
 * depends on the sizes alone.
 */
final class RowProducts {

  /** Below this many multiply-adds a chunk costs less than waking a thread for it. */
  private static final long LEAST_WORK = 1 << 17;

  /** A cut that feeds two to eight threads evenly without tearing the rows of B too short. */
  private static final int WANTED_TILES = 8;

  private static final int SHORTEST_ROW = 256;
  private static final int LOWEST_TILE = 32;

  private RowProducts() {}

  /**
   * Runs {@code count} products of the sizes {@code m, n, k}.
   *
   * @param product makes the i-th product; called once for each chunk it is part of, so that it may
   *     keep state of that chunk
   */
  static void run(
      Workers workers,
      Scratch.Pool pool,
      int count,
      int m,
      int n,
      int k,
      IntFunction<? extends RowProduct> product) {
    if (count == 0 || m == 0 || n == 0) {
      return;
    }
    long work = (long) m * n * (k + 1);
    boolean transposed = RowProduct.isTransposed(m, n);
    int widest = transposed ? Scratch.HEIGHT : Scratch.TILE;
    int highest = transposed ? Scratch.TILE : Scratch.HEIGHT;
    int columns = ceil(n, widest);
    int rows = ceil(m, highest);
    if (work >= 2 * LEAST_WORK) {
      // Higher tiles pack B less often, wider ones keep the vector loops long: split rows first.
      int lowest = transposed ? SHORTEST_ROW / 2 : LOWEST_TILE;
      int narrowest = transposed ? Integer.MAX_VALUE : SHORTEST_ROW;
      while (count * rows * columns < WANTED_TILES && ceil(m, rows + 1) >= lowest) {
        rows++;
      }
      while (count * rows * columns < WANTED_TILES && ceil(n, columns + 1) >= narrowest) {
        columns++;
      }
    }
    int width = Math.min(roundUp(ceil(n, columns), 16), widest);
    int height = Math.min(roundUp(ceil(m, rows), 12), highest);
    int tileColumns = ceil(n, width);
    int tileRows = ceil(m, height);
    int perProduct = tileColumns * tileRows;
    int tiles = Math.multiplyExact(count, perProduct);
    long tileWork = Math.max(1, work / perProduct);
    int perChunk = (int) Math.min(tiles, Math.max(1, LEAST_WORK / tileWork));
    workers.forEach(
        ceil(tiles, perChunk),
        chunk -> {
          Scratch scratch = pool.take();
          RowProduct current = null;
          int last = Math.min(tiles, (chunk + 1) * perChunk);
          for (int tile = chunk * perChunk, made = -1; tile < last; tile++) {
            int index = tile / perProduct;
            if (current == null || index != made) {
              current = product.apply(index);
              made = index;
            }
            int row = tile % perProduct % tileRows * height;
            int column = tile % perProduct / tileRows * width;
            current.tile(
                row, Math.min(height, m - row), column, Math.min(width, n - column), scratch);
          }
          pool.give(scratch);
        });
  }

  static int ceil(int size, int step) {
    return (size + step - 1) / step;
  }

  private static int roundUp(int size, int step) {
    return ceil(size, step) * step;
  }
}
