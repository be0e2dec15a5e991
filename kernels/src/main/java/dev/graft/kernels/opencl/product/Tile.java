package dev.graft.kernels.opencl.product;

import java.util.Locale;

/** The shape of the tiles of a contraction kernel: which file, built with which numbers. */
public sealed interface Tile permits Tile.Gpu, Tile.Cpu, TensorTile {

  /** The files of the program, without {@code .cl}. */
  String files();

  /** The compiler's options. */
  String options();

  /** Rows and columns of C that a work-group computes at most. */
  int rows();

  int columns();

  /** What a split of k must be a multiple of. */
  int depth();

  /** Work-items of a group. */
  int items();

  /**
   * The tile that {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Tile parse(String text) {
    String[] words = text.split(" ");
    if (words.length == 7 && words[0].equals("tensor")) {
      return TensorTile.parse(words);
    }
    int[] n = new int[Math.max(0, words.length - 1)];
    for (int i = 0; i < n.length; i++) {
      n[i] = Integer.parseInt(words[i + 1]);
    }
    if (n.length == 6 && words[0].equals("gpu")) {
      return new Gpu(n[0], n[1], n[2], n[3], n[4], n[5]);
    }
    if (n.length == 6 && words[0].equals("cpu")) {
      return new Cpu(n[0], n[1], n[2], n[3], n[4], n[5]);
    }
    throw new IllegalArgumentException("no tile: " + text);
  }

  /**
   * Tiles in local memory, and in registers: {@code contraction_gpu.cl}.
   *
   * @param m rows of C of a work-group
   * @param n columns of C of a work-group
   * @param k products between two barriers
   * @param workM rows of C of a work-item, a multiple of 4
   * @param workN columns of C of a work-item, a multiple of 4
   * @param buffers tiles in local memory, 1 or 2
   */
  record Gpu(int m, int n, int k, int workM, int workN, int buffers) implements Tile {

    private static final int MOST_ITEMS = 256;
    private static final int PAD = 4;

    public Gpu {
      int items = workM > 0 && workN > 0 ? m / workM * (n / workN) : 0;
      boolean whole =
          items > 0
              && items <= MOST_ITEMS
              && m % workM + n % workN + workM % 4 + workN % 4 == 0
              && k > 0
              && (buffers == 1 || buffers == 2)
              && items % m + items % n + items % k == 0
              && m * k % items + n * k % items == 0
              // The tiles' memory takes a row of sums of each item when they are written.
              && m / workM * n <= buffers * k * (m + n + 2 * PAD);
      if (!whole) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "no tile of %dx%dx%d can be shared by items of %dx%d",
                m,
                n,
                k,
                workM,
                workN));
      }
    }

    @Override
    public String toString() {
      return "gpu " + m + " " + n + " " + k + " " + workM + " " + workN + " " + buffers;
    }

    /** Bytes of local memory. */
    public int localBytes() {
      return buffers * k * (m + n + 2 * PAD) * Float.BYTES;
    }

    @Override
    public String files() {
      return "contraction+contraction_read+contraction_gpu";
    }

    @Override
    public String options() {
      return String.format(
          Locale.ROOT,
          "-DTILE_M=%d -DTILE_N=%d -DTILE_K=%d -DWORK_M=%d -DWORK_N=%d -DITEMS=%d -DBUFFERS=%d",
          m,
          n,
          k,
          workM,
          workN,
          items(),
          buffers);
    }

    @Override
    public int rows() {
      return m;
    }

    @Override
    public int columns() {
      return n;
    }

    @Override
    public int depth() {
      return k;
    }

    @Override
    public int items() {
      return m / workM * (n / workN);
    }
  }

  /**
   * A tile in vector registers, over packed panels in the caches: {@code contraction_cpu.cl}.
   *
   * @param vector floats of a vector: 4, 8 or 16
   * @param vectors vectors of a row of the tile
   * @param height rows of the tile
   * @param depth products between two passes over the block's sums
   * @param rows rows of C of a work-item at most, a multiple of the height
   * @param columns columns of C of a work-item at most, a multiple of the tile's
   */
  record Cpu(int vector, int vectors, int height, int depth, int rows, int columns)
      implements Tile {

    public Cpu {
      boolean whole =
          (vector == 4 || vector == 8 || vector == 16)
              && vectors > 0
              && height > 0
              && depth > 0
              && rows > 0
              && columns > 0
              && rows % height + columns % (vector * vectors) == 0;
      if (!whole) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "no block of %dx%d consists of tiles of %dx%d vectors of %d",
                rows,
                columns,
                height,
                vectors,
                vector));
      }
    }

    @Override
    public String toString() {
      return "cpu " + vector + " " + vectors + " " + height + " " + depth + " " + rows + " "
          + columns;
    }

    /** Bytes that shall stay in the second cache. */
    public int localBytes() {
      return (rows * depth + depth * vector * vectors + rows * columns + 2 * vector) * Float.BYTES;
    }

    @Override
    public String files() {
      return "lanes+contraction+contraction_cpu";
    }

    @Override
    public String options() {
      return String.format(
          Locale.ROOT,
          "-DVECTOR=%d -DVECTORS=%d -DROWS=%d -DDEPTH=%d -DBLOCK_ROWS=%d -DBLOCK_COLUMNS=%d",
          vector,
          vectors,
          height,
          depth,
          rows,
          columns);
    }

    @Override
    public int items() {
      return 1;
    }
  }
}
