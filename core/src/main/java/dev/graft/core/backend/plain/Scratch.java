package dev.graft.core.backend.plain;

import java.util.ArrayDeque;
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

  /** Rows of {@link #tiles}: as many as the longest formula of an element has parts. */
  static final int TILE_ROWS = 32;

  /** Rows of A that are read at once: whole numbers of 3 and of 4. */
  static final int LEFT_ROWS = 12;

  /** Rows of B. */
  final float[][] panel;

  /** Rows of C. */
  final float[][] sums;

  /** Rows for anything else. */
  final float[][] tiles;

  /** A row of sums in double precision. */
  final double[] totals = new double[TILE];

  /** Index of the element of A that belongs to each row of {@link #panel}. */
  final int[] offsets = new int[DEPTH];

  /** A few rows of A, over as many steps as {@link #panel} has rows. */
  final float[][] left = new float[LEFT_ROWS][DEPTH];

  private float @Nullable [][] other;

  private float[] image = new float[0];

  private long[] keys = new long[0];

  private float @Nullable [][][] blocks;

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

  /** {@code count} lists of {@code length} rows, to be filled in; for one caller's sizes only. */
  float[][][] blocks(int count, int length) {
    if (blocks == null) {
      blocks = new float[count][length][];
    }
    return blocks;
  }

  /** An array of at least {@code length} numbers with unspecified contents; kept for next time. */
  long[] keys(int length) {
    if (keys.length < length) {
      keys = new long[length];
    }
    return keys;
  }

  /**
   * Working memory that is not in use: as many pieces as threads ever computed at once, 1 MiB each.
   */
  static final class Pool {
    /** Guarded by itself: a lock-free queue would allocate a node for each piece that it takes. */
    private final ArrayDeque<Scratch> free = new ArrayDeque<>();

    Scratch take() {
      synchronized (free) {
        if (!free.isEmpty()) {
          return free.pop();
        }
      }
      return new Scratch();
    }

    /** Gives a piece back. One that was in use when a kernel threw is left to the collector. */
    void give(Scratch scratch) {
      synchronized (free) {
        free.push(scratch);
      }
    }
  }
}
