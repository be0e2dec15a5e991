package dev.graft.kernels.opencl.reduction;

/**
 * How a sum is cut: by its shape alone, the same on every device. A part is a chain of at most
 * {@link #ALONE} additions by one work-item, or {@link #TOGETHER} elements by a group; the sums of
 * the parts are summed in a second pass, until one is left. Rounding errors then grow as those of a
 * blocked sum.
 *
 * @param together whether a group works on each part
 * @param chunk elements of a part
 * @param count parts, at least 1
 */
public record Parts(boolean together, int chunk, int count) {

  private static final int ALONE = 256;
  private static final int TOGETHER = 4096;

  /** A tree does not pay for fewer elements. */
  private static final int SHORT = 64;

  /**
   * @param elements that are summed into one output
   * @param adjacent whether these elements, rather than those of neighbouring outputs, are
   *     neighbours in memory
   */
  public static Parts of(int elements, boolean adjacent) {
    boolean together = adjacent && elements > SHORT;
    int chunk = together ? TOGETHER : ALONE;
    return new Parts(together, chunk, Math.max(1, (int) (((long) elements + chunk - 1) / chunk)));
  }
}
