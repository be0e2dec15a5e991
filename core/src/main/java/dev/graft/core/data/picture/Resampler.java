package dev.graft.core.data.picture;

import java.util.Arrays;

/**
 * Resizes one plane of 8-bit levels with an antialiased triangle filter: "bilinear" as Pillow and
 * torchvision mean it, where the filter widens with the reduction so that every source pixel
 * counts. Two passes, horizontal then vertical, rounded to 8 bits in between, with 22-bit
 * fixed-point weights as in Pillow, so that levels agree with what the networks of the field were
 * trained on.
 *
 * @param horizontal which source columns make which target column
 * @param vertical which source rows make which target row
 */
record Resampler(Axis horizontal, Axis vertical) {

  private static final int PRECISION = 22;

  /**
   * Weights along one axis, for the target pixels that are wanted and no others: a picture of one
   * by a million pixels would be scaled to a size that fits in no memory, its centre crop does.
   *
   * @param first source pixel that contributes to a target pixel
   * @param count number of source pixels that do, from there
   * @param weights {@code taps} for each target pixel, in fixed point
   * @param identity whether every target pixel is a source pixel
   */
  record Axis(int[] first, int[] count, int taps, int[] weights, boolean identity) {

    /**
     * Scales a part of the source to {@code target} pixels and keeps some of those. Pixels outside
     * the part do not count, as if it had been cut out before.
     *
     * @param from first source pixel of the part
     * @param length of the part, in source pixels
     * @param target size that the part is scaled to, in pixels
     * @param start first target pixel wanted
     * @param size number of target pixels wanted
     */
    static Axis of(int from, int length, long target, long start, int size) {
      double scale = (double) length / target;
      double support = Math.max(1, scale);
      int taps = (int) Math.min(length, 2 * (long) Math.ceil(support) + 1);
      int[] first = new int[size];
      int[] count = new int[size];
      int[] weights = new int[Math.multiplyExact(size, taps)];
      double[] exact = new double[taps];
      for (int i = 0; i < size; i++) {
        double centre = (start + i + 0.5) * scale;
        int low = Math.max(0, (int) (centre - support + 0.5));
        int high = Math.min(length, (int) (centre + support + 0.5));
        double sum = 0;
        for (int j = low; j < high; j++) {
          double distance = Math.abs((j - centre + 0.5) * (1 / support));
          exact[j - low] = Math.max(0, 1 - distance);
          sum += exact[j - low];
        }
        first[i] = from + low;
        count[i] = high - low;
        for (int j = 0; j < high - low; j++) {
          weights[i * taps + j] = (int) (0.5 + exact[j] / sum * (1 << PRECISION));
        }
      }
      return new Axis(first, count, taps, weights, length == target);
    }

    int size() {
      return first.length;
    }

    /** Behind the last source pixel that contributes. */
    int end() {
      int last = size() - 1;
      return first[last] + count[last];
    }
  }

  /**
   * The wanted part of the scaled plane.
   *
   * @param plane rows of {@code sourceWidth} levels
   */
  byte[] apply(byte[] plane, int sourceWidth) {
    int firstRow = vertical.first[0];
    int rows = vertical.end() - firstRow;
    int width = horizontal.size();
    byte[] narrowed = new byte[rows * width];
    for (int y = 0; y < rows; y++) {
      int row = (firstRow + y) * sourceWidth;
      if (horizontal.identity) {
        System.arraycopy(plane, row + horizontal.first[0], narrowed, y * width, width);
      } else {
        narrow(plane, row, narrowed, y * width);
      }
    }
    return vertical.identity
        ? Arrays.copyOf(narrowed, vertical.size() * width)
        : flattened(narrowed, width);
  }

  private void narrow(byte[] plane, int row, byte[] narrowed, int at) {
    int[] first = horizontal.first;
    int[] count = horizontal.count;
    int[] weights = horizontal.weights;
    for (int x = 0; x < first.length; x++) {
      int from = row + first[x];
      int weight = x * horizontal.taps;
      int sum = 1 << (PRECISION - 1);
      for (int i = 0; i < count[x]; i++) {
        sum += (plane[from + i] & 0xFF) * weights[weight + i];
      }
      narrowed[at + x] = level(sum);
    }
  }

  /** Row by row, so that the inner loop runs along memory. */
  private byte[] flattened(byte[] narrowed, int width) {
    byte[] result = new byte[vertical.size() * width];
    int[] sums = new int[width];
    for (int y = 0; y < vertical.size(); y++) {
      Arrays.fill(sums, 1 << (PRECISION - 1));
      for (int i = 0; i < vertical.count[y]; i++) {
        int weight = vertical.weights[y * vertical.taps + i];
        int row = (vertical.first[y] - vertical.first[0] + i) * width;
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
}
