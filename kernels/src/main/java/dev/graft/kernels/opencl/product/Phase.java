package dev.graft.kernels.opencl.product;

import java.util.ArrayList;
import java.util.List;

/**
 * The pixels along one axis of dx that see the same positions of the kernel. With stride s, pixel i
 * receives from output {@code q = (i + pad - t dilation) / s} for those t where the division leaves
 * no rest. Which t these are depends on {@code (i + pad) mod s} alone; so the pixels fall into s
 * phases, and each is a plain convolution of dy with stride 1 and a part of the kernel, turned
 * around. Nothing is multiplied by the zeros that a transposed convolution is often explained with.
 *
 * <pre>
 *   s = 2, three taps, pad 1:      pixel   0   1   2   3   4   5
 *                                  phase   A   B   A   B   A   B
 *   A: (i + 1) is odd:   t = 1             w1      w1      w1
 *   B: (i + 1) is even:  t = 0, 2              w0 w2   w0 w2   w0 w2
 * </pre>
 *
 * @param first the first pixel of this phase; the next ones follow at the stride
 * @param count how many pixels there are
 * @param taps how many positions of the kernel they see, perhaps none
 * @param firstTap the first of these
 * @param tapStep from one of these to the next
 * @param dilation from the output that one tap reads to that of the next
 * @param pad how far before its first output pixel the patch of the first pixel begins; negative
 *     where it begins behind it
 */
public record Phase(
    int first, int count, int taps, int firstTap, int tapStep, int dilation, int pad) {

  /**
   * All phases that have a pixel.
   *
   * @param size pixels of dx along the axis
   * @param kernel positions of the kernel along the axis
   */
  public static List<Phase> of(int size, int kernel, int stride, int dilation, int pad) {
    int divisor = gcd(stride, dilation);
    int tapStep = stride / divisor;
    List<Phase> phases = new ArrayList<>();
    for (int first = 0; first < Math.min(stride, size); first++) {
      int count = (size - first + stride - 1) / stride;
      int firstTap = 0;
      while (firstTap < kernel && (first + pad - firstTap * dilation) % stride != 0) {
        firstTap++;
      }
      if (firstTap >= kernel) {
        phases.add(new Phase(first, count, 0, 0, tapStep, 1, 0));
        continue;
      }
      int taps = (kernel - 1 - firstTap) / tapStep + 1;
      int step = dilation / divisor;
      // The first pixel's last tap reads the earliest output.
      int output = (first + pad - firstTap * dilation) / stride - (taps - 1) * step;
      phases.add(new Phase(first, count, taps, firstTap, tapStep, step, -output));
    }
    return phases;
  }

  private static int gcd(int a, int b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
