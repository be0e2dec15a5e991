package dev.graft.kernels.simd.product;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;

/**
 * A right operand B [k, n] that was packed whole, once for many products: blocks of {@link
 * Product#DEPTH} steps of k; within a block tile after tile; within a tile {@code [steps, WIDTH]},
 * columns beyond the last as zero. The layout depends on k and n alone.
 */
public record PackedMatrix(HostBuffer buffer, int k, int n) implements RightOperand {

  /** Elements of it. */
  public static int length(int k, int n) {
    return Math.multiplyExact(k, tiles(n) * Tiles.WIDTH);
  }

  private static int tiles(int n) {
    return (n + Tiles.WIDTH - 1) / Tiles.WIDTH;
  }

  /** Packs all of {@code source}. */
  public void fill(Workers workers, RightOperand source) {
    int blocks = (k + Product.DEPTH - 1) / Product.DEPTH;
    workers.forEach(blocks * tiles(n), part -> packPart(source, n, 0, k, part, array(), offset()));
  }

  /**
   * Packs one tile of one block of the steps k0 … k0+steps-1.
   *
   * @param part counts tiles through all blocks
   */
  static void packPart(RightOperand b, int n, int k0, int steps, int part, float[] to, int offset) {
    int tiles = tiles(n);
    int p = part / tiles * Product.DEPTH;
    int t = part % tiles;
    int block = Math.min(Product.DEPTH, steps - p);
    int column = t * Tiles.WIDTH;
    int at = offset + tiles * Tiles.WIDTH * p + t * Tiles.WIDTH * block;
    b.pack(k0 + p, block, column, Math.min(Tiles.WIDTH, n - column), to, at);
  }

  @Override
  public boolean isPacked() {
    return true;
  }

  @Override
  public int direct(int k0, int column) {
    int block = Math.min(Product.DEPTH, k - k0);
    return offset() + tiles(n) * Tiles.WIDTH * k0 + column * block;
  }

  @Override
  public void pack(int k0, int steps, int column, int columns, float[] to, int at) {
    System.arraycopy(array(), direct(k0, column), to, at, steps * Tiles.WIDTH);
  }

  @Override
  public float[] array() {
    return buffer.array();
  }

  private int offset() {
    return buffer.offset();
  }

  @Override
  public int stride() {
    return Tiles.WIDTH;
  }
}
