package dev.graft.core.data;

import java.util.Arrays;

/**
 * Resizes one plane of 8-bit levels with an antialiased triangle filter: "bilinear" as Pillow and
 * torchvision mean it, where the filter widens with the reduction so that every source pixel
 * counts. Two passes, horizontal then vertical, rounded to 8 bits in between, with 22-bit
 * fixed-point weights as in Pillow, so that levels agree with what the networks of the field were
 * trained on.
 */
final class Resampler {

  private static final int PRECISION = 22;

  /** Weights of the source pixels of each target pixel. */
  private record Filter(int[] first, int[][] weights) {

    /**
     * @param from start of the source interval, in pixels
     * @param length of the source interval
     */
    static Filter of(int source, double from, double length, int target) {
      double scale = length / target;
      double support = Math.max(1, scale);
      int[] first = new int[target];
      int[][] weights = new int[target][];
      for (int i = 0; i < target; i++) {
        double centre = from + (i + 0.5) * scale;
        int low = Math.max(0, (int) (centre - support + 0.5));
        int high = Math.min(source, (int) (centre + support + 0.5));
        double[] exact = new double[high - low];
        double sum = 0;
        for (int j = low; j < high; j++) {
          double distance = Math.abs((j + 0.5 - centre) / support);
          exact[j - low] = Math.max(0, 1 - distance);
          sum += exact[j - low];
        }
        first[i] = low;
        weights[i] = new int[exact.length];
        for (int j = 0; j < exact.length; j++) {
          weights[i][j] = (int) Math.floor(0.5 + exact[j] / sum * (1 << PRECISION));
        }
      }
      return new Filter(first, weights);
    }
  }

  private final int sourceWidth;
  private final int targetWidth;
  private final int targetHeight;
  private final Filter horizontal;
  private final Filter vertical;

  /**
   * Prepares to scale a region of the source, given in its pixels, to a target.
   *
   * @param targetWidth in pixels
   * @param targetHeight in pixels
   */
  Resampler(
      int sourceWidth,
      int sourceHeight,
      double left,
      double top,
      double width,
      double height,
      int targetWidth,
      int targetHeight) {
    this.sourceWidth = sourceWidth;
    this.targetWidth = targetWidth;
    this.targetHeight = targetHeight;
    this.horizontal = Filter.of(sourceWidth, left, width, targetWidth);
    this.vertical = Filter.of(sourceHeight, top, height, targetHeight);
  }

  /** The part {@code [left, left + width) x [top, top + height)} of the scaled target. */
  byte[] apply(byte[] plane, int left, int top, int width, int height) {
    int firstRow = vertical.first[top];
    int lastRow = firstRow;
    for (int y = top; y < top + height; y++) {
      lastRow = Math.max(lastRow, vertical.first[y] + vertical.weights[y].length);
    }
    byte[] narrowed = new byte[(lastRow - firstRow) * width];
    for (int y = firstRow; y < lastRow; y++) {
      int row = y * sourceWidth;
      for (int x = 0; x < width; x++) {
        int[] weights = horizontal.weights[left + x];
        int from = row + horizontal.first[left + x];
        int sum = 1 << (PRECISION - 1);
        for (int i = 0; i < weights.length; i++) {
          sum += (plane[from + i] & 0xFF) * weights[i];
        }
        narrowed[(y - firstRow) * width + x] = level(sum);
      }
    }
    byte[] result = new byte[width * height];
    int[] sums = new int[width];
    for (int y = 0; y < height; y++) {
      int[] weights = vertical.weights[top + y];
      int from = (vertical.first[top + y] - firstRow) * width;
      Arrays.fill(sums, 1 << (PRECISION - 1));
      for (int i = 0; i < weights.length; i++) {
        int weight = weights[i];
        int row = from + i * width;
        for (int x = 0; x < width; x++) {
          sums[x] += (narrowed[row + x] & 0xFF) * weight;
        }
      }
      for (int x = 0; x < width; x++) {
        result[y * width + x] = level(sums[x]);
      }
    }
    return result;
  }

  private static byte level(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> PRECISION));
  }

  int targetWidth() {
    return targetWidth;
  }

  int targetHeight() {
    return targetHeight;
  }
}
