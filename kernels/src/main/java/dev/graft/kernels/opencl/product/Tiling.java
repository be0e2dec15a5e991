package dev.graft.kernels.opencl.product;

/**
 * How a contraction is cut into work-groups. It depends on sizes, tile and device alone, so that
 * the order of summation does.
 *
 * @param rows rows of C of a work-group
 * @param columns columns of C of a work-group
 * @param splits parts that k is cut into, summed by work-groups of their own
 * @param depth products of a part
 */
public record Tiling(int rows, int columns, int splits, int depth) {

  /** Work-groups for each compute unit: enough that the last ones do not leave many units idle. */
  private static final int GROUPS_PER_UNIT = 4;

  /** A part of k shorter than this costs more in the second pass than it gains. */
  private static final int SHORTEST = 256;

  /** Elements of all parts together. */
  private static final long MOST_PARTS = 1L << 24;

  static Tiling of(Contraction c, Tile tile, int units) {
    return tile instanceof Tile.Cpu cpu
        ? onCpu(c, cpu, units)
        : split(c, tile, units, tile.rows(), tile.columns());
  }

  /** A block of any number of tiles: as large as leaves each core enough of them, and equal. */
  private static Tiling onCpu(Contraction c, Tile.Cpu tile, int units) {
    int width = tile.vector() * tile.vectors();
    int down = groups(c.m(), tile.rows());
    int across = groups(c.n(), tile.columns());
    int narrowest = groups(c.n(), 2 * width);
    long wanted = (long) GROUPS_PER_UNIT * units;
    while ((long) c.batch() * down * across < wanted && across < narrowest) {
      across++;
    }
    int lowest = groups(c.m(), 2 * tile.height());
    while ((long) c.batch() * down * across < units && down < lowest) {
      down++;
    }
    int rows = groups(groups(c.m(), down), tile.height()) * tile.height();
    int columns = groups(groups(c.n(), across), width) * width;
    return split(c, tile, units, rows, columns);
  }

  private static Tiling split(Contraction c, Tile tile, int units, int rows, int columns) {
    long groups = (long) c.batch() * groups(c.m(), rows) * groups(c.n(), columns);
    long splits = 1;
    if (groups > 0 && groups < 2L * units) {
      splits = Math.min((long) GROUPS_PER_UNIT * units / groups, c.k() / SHORTEST);
      splits = Math.max(1, Math.min(splits, MOST_PARTS / c.elements()));
    }
    int depth = groups(groups(c.k(), (int) splits), tile.depth()) * tile.depth();
    return new Tiling(rows, columns, Math.max(1, groups(c.k(), Math.max(1, depth))), depth);
  }

  /** {@code ceil(n / size)}. */
  public static int groups(int n, int size) {
    return n / size + (n % size == 0 ? 0 : 1);
  }
}
