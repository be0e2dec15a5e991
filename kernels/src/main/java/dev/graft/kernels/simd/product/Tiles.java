package dev.graft.kernels.simd.product;

import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;

/**
 * The innermost product: a tile of C that is held in registers while k runs (Goto and van de Geijn,
 * "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 2008).
 *
 * <pre>
 *             WIDTH = 2 vectors
 *            [ b0 | b1 ]  row p of B
 *   a[p][0]  [ c  | c  ]
 *   a[p][1]  [ c  | c  ]  every step: 2 loads of B, a broadcast for each row, 2 FMAs for each row
 *     …
 * </pre>
 *
 * <p>Every element of C is the same chain of FMAs over ascending k in each of the tiles, so the
 * result does not depend on which tile computed it.
 */
public final class Tiles {

  /** Columns of a tile. */
  public static final int WIDTH = 2 * Lanes.COUNT;

  /** Rows of the tallest tile: 24 accumulators want the 32 registers that come with 512 bits. */
  public static final int TALL = Lanes.COUNT >= 16 ? 12 : 6;

  /** Elements of a tile of any height. */
  public static final int AREA = TALL * WIDTH;

  private static final KernelForm TWELVE =
      new KernelForm("tile of 12 rows", new TileTrial(12, false));
  private static final KernelForm SIX = new KernelForm("tile of 6 rows", new TileTrial(6, false));
  private static final KernelForm FOUR = new KernelForm("tile of 4 rows", new TileTrial(4, false));
  private static final KernelForm NARROW_TWELVE =
      new KernelForm("narrow tile of 12 rows", new TileTrial(12, true));
  private static final KernelForm NARROW_SIX =
      new KernelForm("narrow tile of 6 rows", new TileTrial(6, true));
  private static final KernelForm NARROW_FOUR =
      new KernelForm("narrow tile of 4 rows", new TileTrial(4, true));

  private Tiles() {}

  /** Rows of the tile to use where {@code left} rows are left; the last may stand over. */
  public static int height(int left) {
    if (left >= TALL) {
      return TALL;
    }
    return switch (left) {
      case 11 -> 12;
      case 10, 9, 6, 5 -> 6;
      default -> 4;
    };
  }

  /** Rows that strips for {@code m} rows take together, the last one padded. */
  public static int padded(int m) {
    int rows = 0;
    while (rows < m) {
      rows += height(m - rows);
    }
    return rows;
  }

  /**
   * {@code C = A B}, or {@code C += A B}.
   *
   * @param rows 12, 6 or 4
   * @param a packed, {@code [k, rows]}
   * @param b {@code [k, WIDTH]} with rows {@code ldb} apart
   * @param c {@code [rows, WIDTH]} with rows {@code ldc} apart
   * @param add whether the product is added to C
   */
  public static void multiply(
      int rows,
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
    KernelForm form =
        switch (rows) {
          case 12 -> TWELVE;
          case 6 -> SIX;
          default -> FOUR;
        };
    if (form.isVector((long) rows * k * WIDTH)) {
      vectors(rows, k, a, ao, b, bo, ldb, c, co, ldc, add);
    } else {
      PlainTile.multiply(rows, WIDTH, k, a, ao, b, bo, ldb, c, co, ldc, add);
    }
  }

  /** {@link #multiply} for the first vector of columns alone. */
  public static void multiplyNarrow(
      int rows,
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
    KernelForm form =
        switch (rows) {
          case 12 -> NARROW_TWELVE;
          case 6 -> NARROW_SIX;
          default -> NARROW_FOUR;
        };
    if (form.isVector((long) rows * k * Lanes.COUNT)) {
      narrowVectors(rows, k, a, ao, b, bo, ldb, c, co, ldc, add);
    } else {
      PlainTile.multiply(rows, Lanes.COUNT, k, a, ao, b, bo, ldb, c, co, ldc, add);
    }
  }

  static void vectors(
      int rows,
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
    switch (rows) {
      case 12 -> Tile12.multiply(k, a, ao, b, bo, ldb, c, co, ldc, add);
      case 6 -> Tile6.multiply(k, a, ao, b, bo, ldb, c, co, ldc, add);
      default -> Tile4.multiply(k, a, ao, b, bo, ldb, c, co, ldc, add);
    }
  }

  static void narrowVectors(
      int rows,
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
    switch (rows) {
      case 12 -> Tile12.multiplyNarrow(k, a, ao, b, bo, ldb, c, co, ldc, add);
      case 6 -> Tile6.multiplyNarrow(k, a, ao, b, bo, ldb, c, co, ldc, add);
      default -> Tile4.multiplyNarrow(k, a, ao, b, bo, ldb, c, co, ldc, add);
    }
  }
}
