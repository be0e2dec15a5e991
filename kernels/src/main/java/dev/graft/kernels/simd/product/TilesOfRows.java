package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;

/** {@link Tiles} for rows of A that were not packed. */
public final class TilesOfRows {

  /** Rows of the tile. */
  public static final int ROWS = 6;

  /** Vectors of the widest tile: 18 accumulators want the 32 registers that come with 512 bits. */
  static final int WIDEST = Lanes.COUNT >= 16 ? 3 : 2;

  private static final KernelForm ONE =
      new KernelForm("tile of unpacked rows, 1 vector", new Trial(1));
  private static final KernelForm TWO =
      new KernelForm("tile of unpacked rows, 2 vectors", new Trial(2));
  private static final KernelForm THREE =
      new KernelForm("tile of unpacked rows, 3 vectors", new Trial(3));

  private TilesOfRows() {}

  /**
   * {@code C = A B}, or {@code C += A B}.
   *
   * @param a rows of A, k contiguous elements each, at a0 to a5
   * @param b packed, {@code [k, Tiles.WIDTH]}
   * @param c {@code [6, Tiles.WIDTH]} with rows {@code ldc} apart
   */
  public static void multiply(
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
    if (TWO.isVector((long) ROWS * k * Tiles.WIDTH)) {
      TileOfRows.multiply(k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    } else {
      plain(Tiles.WIDTH, k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    }
  }

  /** The same for the first vector of columns alone. */
  public static void multiplyNarrow(
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
    if (ONE.isVector((long) ROWS * k * Lanes.COUNT)) {
      TileOfRows.multiplyNarrow(k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    } else {
      plain(Lanes.COUNT, k, a, a0, a1, a2, a3, a4, a5, b, bo, c, co, ldc, add);
    }
  }

  /**
   * The same for three vectors of columns, which may come from two neighbouring tiles.
   *
   * @param b three packed vectors, at b0, b1 and b2, with steps of k {@link Tiles#WIDTH} apart
   * @param c {@code [6, 3 vectors]} with rows {@code ldc} apart
   */
  static void multiplyWide(
      int k,
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      int a4,
      int a5,
      float[] b,
      int b0,
      int b1,
      int b2,
      float[] c,
      int co,
      int ldc,
      boolean add) {
    if (THREE.isVector(3L * ROWS * k * Lanes.COUNT)) {
      WideTileOfRows.multiply(k, a, a0, a1, a2, a3, a4, a5, b, b0, b1, b2, c, co, ldc, add);
    } else {
      int n = Lanes.COUNT;
      plain(n, k, a, a0, a1, a2, a3, a4, a5, b, b0, c, co, ldc, add);
      plain(n, k, a, a0, a1, a2, a3, a4, a5, b, b1, c, co + n, ldc, add);
      plain(n, k, a, a0, a1, a2, a3, a4, a5, b, b2, c, co + 2 * n, ldc, add);
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

  private static final class Trial implements KernelForm.Trial {
    private static final int STEPS = 16;

    private final int vectors;
    private final float[] a = new float[ROWS * STEPS];
    private final float[] b = new float[2 * Tiles.WIDTH * STEPS];
    private final float[] c = new float[ROWS * 2 * Tiles.WIDTH];

    Trial(int vectors) {
      this.vectors = vectors;
    }

    @Override
    public void run(boolean vector) {
      multiply(vector, false);
      multiply(vector, true);
    }

    private void multiply(boolean vector, boolean add) {
      int k = STEPS;
      int n = Lanes.COUNT;
      int ldc = 2 * Tiles.WIDTH;
      if (!vector) {
        plain(vectors * n, k, a, 0, k, 2 * k, 3 * k, 4 * k, 5 * k, b, 0, c, 0, ldc, add);
      } else if (vectors == 1) {
        TileOfRows.multiplyNarrow(k, a, 0, k, 2 * k, 3 * k, 4 * k, 5 * k, b, 0, c, 0, ldc, add);
      } else if (vectors == 2) {
        TileOfRows.multiply(k, a, 0, k, 2 * k, 3 * k, 4 * k, 5 * k, b, 0, c, 0, ldc, add);
      } else {
        int third = k * Tiles.WIDTH;
        WideTileOfRows.multiply(
            k, a, 0, k, 2 * k, 3 * k, 4 * k, 5 * k, b, 0, n, third, c, 0, ldc, add);
      }
    }
  }
}
