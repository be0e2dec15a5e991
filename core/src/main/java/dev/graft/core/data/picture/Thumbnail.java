package dev.graft.core.data.picture;

import java.util.Arrays;

/**
 * A small gray picture that stands for a large one, so that copies are found which were scaled or
 * compressed again. Immutable.
 */
public final class Thumbnail {

  private final byte[] luma;
  private final double mean;
  private final double deviation;

  /**
   * @param luma levels of {@link Look#SIDE} rows of {@link Look#SIDE} pixels
   */
  Thumbnail(byte[] luma) {
    this.luma = luma;
    long sum = 0;
    long squares = 0;
    for (byte level : luma) {
      sum += level & 0xFF;
      squares += (long) (level & 0xFF) * (level & 0xFF);
    }
    this.mean = (double) sum / luma.length;
    this.deviation = Math.sqrt(Math.max(0, (double) squares / luma.length - mean * mean));
  }

  /** Mean level, 0 to 255. */
  public double mean() {
    return mean;
  }

  /** Standard deviation of the levels. */
  public double deviation() {
    return deviation;
  }

  /**
   * Root mean square of the differences of levels once both have mean 0 and deviation 1, so that
   * light, contrast and most of a colour profile cancel: {@code sqrt(2 (1 - r))} of the correlation
   * r.
   *
   * @param other with a deviation above 0, as this one
   * @param most where the difference is larger, no more of it is computed
   * @return 0 for equal ones; infinite where it is above {@code most}
   */
  public double difference(Thumbnail other, double most) {
    double limit = most * most * luma.length;
    double squares = 0;
    for (int row = 0; row < luma.length; row += Look.SIDE) {
      for (int i = row; i < row + Look.SIDE; i++) {
        double one = ((luma[i] & 0xFF) - mean) / deviation;
        double d = one - ((other.luma[i] & 0xFF) - other.mean) / other.deviation;
        squares += d * d;
      }
      if (squares > limit) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return Math.sqrt(squares / luma.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Thumbnail t && Arrays.equals(luma, t.luma);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(luma);
  }
}
