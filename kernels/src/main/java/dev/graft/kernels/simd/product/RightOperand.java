package dev.graft.kernels.simd.product;

/** The right operand of a product, B [k, n]: something that can be packed tile by tile. */
public interface RightOperand {

  /**
   * Packs the steps k0 … k0+steps-1 of the columns column … column+columns-1 as {@code [steps,
   * Tiles.WIDTH]}; columns beyond the given ones are written as zero.
   *
   * @param columns at most {@link Tiles#WIDTH}
   */
  void pack(int k0, int steps, int column, int columns, float[] to, int at);

  /** Whether all of it is packed, so that {@link #direct} finds every tile, the last one too. */
  default boolean isPacked() {
    return false;
  }

  /**
   * Where a whole tile of columns, {@link Tiles#WIDTH} of them, lies as it would be packed, but
   * with rows {@link #stride()} apart: the index of its first element in {@link #array()}, or -1.
   */
  default int direct(int k0, int column) {
    return -1;
  }

  /** What {@link #direct} leads into. */
  float[] array();

  /** Elements of {@link #array()} from one step of k to the next. */
  int stride();
}
