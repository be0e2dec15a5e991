package dev.graft.core.backend.plain;

import dev.graft.core.backend.Workers;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a family of equal {@link RowProduct}s into tiles and runs them on the workers. The cut
 * depends on the sizes alone.
 */
final class RowProducts {

  private static final Spares NONE = new Spares();

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
   * @param product makes the i-th product; a single one is shared by all chunks, so it keeps no
   *     state
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
    RowProduct only = count == 1 ? product.apply(0) : null;
    Spares spares = only == null ? new Spares() : NONE;
    workers.forEach(
        ceil(tiles, perChunk),
        chunk -> {
          Scratch scratch = pool.take();
          RowProduct current = only != null ? only : spares.take();
          boolean fresh = only == null;
          int last = Math.min(tiles, (chunk + 1) * perChunk);
          for (int tile = chunk * perChunk, made = 0; tile < last; tile++) {
            int index = tile / perProduct;
            if (current == null || ((fresh || index != made) && !current.moveTo(index))) {
              current = product.apply(index);
            }
            fresh = false;
            made = index;
            int row = tile % perProduct % tileRows * height;
            int column = tile % perProduct / tileRows * width;
            current.tile(
                row, Math.min(height, m - row), column, Math.min(width, n - column), scratch);
          }
          if (only == null && current != null) {
            spares.give(current);
          }
          pool.give(scratch);
        });
  }

  /** Products of one call that no chunk uses at the moment: as many as threads work on it. */
  static final class Spares {
    private @Nullable RowProduct first;

    synchronized @Nullable RowProduct take() {
      RowProduct taken = first;
      if (taken != null) {
        first = taken.next;
        taken.next = null;
      }
      return taken;
    }

    synchronized void give(RowProduct product) {
      product.next = first;
      first = product;
    }
  }

  static int ceil(int size, int step) {
    return (size + step - 1) / step;
  }

  private static int roundUp(int size, int step) {
    return ceil(size, step) * step;
  }
}
