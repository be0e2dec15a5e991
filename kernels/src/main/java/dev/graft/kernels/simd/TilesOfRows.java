package dev.graft.kernels.simd;

/** {@link Tiles} for rows of A that were not packed. */
final class TilesOfRows {

  /** Rows of the tile. */
  static final int ROWS = 6;

  private static final Form WIDE = new Form("tile of unpacked rows", new Trial(false));
  private static final Form NARROW = new Form("narrow tile of unpacked rows", new Trial(true));

  private TilesOfRows() {}

  /**
   * {@code C = A B}, or {@code C += A B}.
   *
   * @param a rows of A, k contiguous elements each, at a0 to a5
   * @param b packed, {@code [k, Tiles.WIDTH]}
   * @param c {@code [6, Tiles.WIDTH]} with rows {@code ldc} apart
   */
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
    if (WIDE.isVector((long) ROWS * k * Tiles.WIDTH)) {
      TileOfRows.multiply(k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    } else {
      plain(Tiles.WIDTH, k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    }
  }

  /** The same for the first vector of columns alone. */
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
    if (NARROW.isVector((long) ROWS * k * Lanes.COUNT)) {
      TileOfRows.multiplyNarrow(k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    } else {
      plain(Lanes.COUNT, k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    }
  }

  private static void plain(
      int columns,
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
    PlainTile.two(columns, k, a, a0, a1, 1, b, bo, Tiles.WIDTH, c, co, ldc, add);
    PlainTile.two(columns, k, a, a2, a3, 1, b, bo, Tiles.WIDTH, c, co + 2 * ldc, ldc, add);
    PlainTile.two(columns, k, a, a4, a5, 1, b, bo, Tiles.WIDTH, c, co + 4 * ldc, ldc, add);
  }

  private static final class Trial implements Form.Trial {
    private static final int STEPS = 16;

    private final boolean narrow;
    private final float[] a = new float[ROWS * STEPS];
    private final float[] b = new float[Tiles.WIDTH * STEPS];
    private final float[] c = new float[ROWS * Tiles.WIDTH];

    Trial(boolean narrow) {
      this.narrow = narrow;
    }

    @Override
    public void run(boolean vector) {
      multiply(vector, false);
      multiply(vector, true);
    }

    private void multiply(boolean vector, boolean add) {
      int k = STEPS;
      int width = Tiles.WIDTH;
      if (!vector) {
        int columns = narrow ? Lanes.COUNT : width;
        plain(columns, k, a, 0, k, 2 * k, 3 * k, 4 * k, 5 * k, b, 0, c, 0, width, add);
      } else if (narrow) {
        TileOfRows.multiplyNarrow(k, a, 0, k, 2 * k, 3 * k, 4 * k, 5 * k, b, 0, c, 0, width, add);
      } else {
        TileOfRows.multiply(k, a, 0, k, 2 * k, 3 * k, 4 * k, 5 * k, b, 0, c, 0, width, add);
      }
    }
  }
}
