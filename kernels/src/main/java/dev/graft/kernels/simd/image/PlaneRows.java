package dev.graft.kernels.simd.image;

import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.Spans;

/**
 * How the outputs of a {@link PaddedPlane} are written in whole vectors. Rows are computed from the
 * first to the last, and what a row's last vector writes beyond it the next row overwrites; the
 * last rows, which would write beyond the plane, go through working memory. Where a row fills less
 * than half of a vector, all rows are computed as one, gaps included, so that vectors stay full.
 */
public final class PlaneRows {

  /** Computes rows. */
  @FunctionalInterface
  public interface Body {
    /**
     * @param rows number of rows
     * @param width outputs of a row; up to the next multiple of a vector is written
     * @param at first output, in the numbering of the padded plane
     * @param y where to write, from {@code yo} on with rows {@code yStep} apart
     */
    void run(int rows, int width, int at, float[] y, int yo, int yStep);
  }

  private final PaddedPlane layout;
  private final boolean narrow;

  public PlaneRows(PaddedPlane layout) {
    this.layout = layout;
    narrow = layout.outHeight > 1 && layout.outWidth <= Lanes.COUNT / 2;
  }

  /** Elements of a row that is rounded up to vectors. */
  public int width() {
    return Spans.ceil(layout.outWidth, Lanes.COUNT) * Lanes.COUNT;
  }

  /** Number of rows, from the first, whose vectors end within the plane. */
  public int safe() {
    int room = layout.outPlane() - width();
    return room < 0 ? 0 : room / layout.outWidth + 1;
  }

  private int flat() {
    return (layout.outHeight - 1) * layout.step + layout.outWidth;
  }

  /** Elements of working memory that {@link #run} takes. */
  public int spill() {
    int rows = (layout.outHeight - safe()) * width();
    return narrow ? Math.max(rows, flat() + Lanes.COUNT) : rows;
  }

  public void run(float[] spill, float[] y, int yo, Body body) {
    int outWidth = layout.outWidth;
    if (narrow) {
      body.run(1, flat(), 0, spill, 0, 0);
      RowCopies.gather(layout.outHeight, outWidth, spill, 0, layout.step, y, yo);
      return;
    }
    int safe = safe();
    body.run(safe, outWidth, 0, y, yo, outWidth);
    int left = layout.outHeight - safe;
    if (left > 0) {
      body.run(left, outWidth, safe * layout.step, spill, 0, width());
      for (int row = 0; row < left; row++) {
        System.arraycopy(spill, row * width(), y, yo + (safe + row) * outWidth, outWidth);
      }
    }
  }
}
