package dev.graft.core.backend;

import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The working memory of one thread within one kernel: rows of floats in arrays of their own.
 *
 * <p>Rows, not one flat array, because C2 vectorises a loop over {@code c[j] += a * b[j]} only
 * where it can see that the stores do not reach a later load. Different arrays with one index it
 * accepts; one array with two offsets, or two arrays with two offsets, it does not (JDK 17).
 */
final class Scratch {

  /** The most columns in a row: the rows that one kernel touches fill under half of a 32 KiB L1. */
  static final int TILE = 512;

  /** The most rows of B that are packed at once; with {@link #TILE} a panel of 256 KiB. */
  static final int DEPTH = 128;

  /** The most rows of C that are summed at once. */
  static final int HEIGHT = 256;

  /**
   * 16 bytes of array header and 4 * 524 bytes of data are a multiple of 64: rows allocated one
   * after the other all lie alike in their cache lines, so one peeled prologue aligns all of them.
   */
  private static final int ROW = TILE + 12;

  private static final int TILE_ROWS = 8;

  /** Rows of A that are read at once: whole numbers of 3 and of 4. */
  static final int LEFT_ROWS = 12;

  /** Rows of B. */
  final float[][] panel;

  /** Rows of C. */
  final float[][] sums;

  /** Rows for anything else. */
  final float[][] tiles;

  /** Index of the element of A that belongs to each row of {@link #panel}. */
  final int[] offsets = new int[DEPTH];

  /** A few rows of A, over as many steps as {@link #panel} has rows. */
  final float[][] left = new float[LEFT_ROWS][DEPTH];

  private float @Nullable [][] other;

  private float[] image = new float[0];

  private Scratch() {
    panel = rows(DEPTH);
    sums = rows(HEIGHT);
    tiles = rows(TILE_ROWS);
  }

  private static float[][] rows(int count) {
    float[][] rows = new float[count][];
    for (int row = 0; row < count; row++) {
      rows[row] = new float[ROW];
    }
    return rows;
  }

  /** A second panel. */
  float[][] other() {
    if (other == null) {
      other = rows(DEPTH);
    }
    return other;
  }

  /** An array of at least {@code length} elements with unspecified contents; kept for next time. */
  float[] image(int length) {
    if (image.length < length) {
      image = new float[length];
    }
    return image;
  }

  /**
   * Working memory that is not in use: as many pieces as threads ever computed at once, 1 MiB each.
   */
  static final class Pool {
    private final ConcurrentLinkedQueue<Scratch> free = new ConcurrentLinkedQueue<>();

    Scratch take() {
      Scratch scratch = free.poll();
      return scratch != null ? scratch : new Scratch();
    }

    /** Gives a piece back. One that was in use when a kernel threw is left to the collector. */
    void give(Scratch scratch) {
      free.add(scratch);
    }
  }
}
