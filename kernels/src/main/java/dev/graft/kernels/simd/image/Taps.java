package dev.graft.kernels.simd.image;

import dev.graft.core.backend.ConvGeometry;
import java.util.Arrays;

/**
 * The positions of a kernel's weights relative to an output pixel, after strides have been split
 * into phases: output (oh, ow) reads phase {@code phase[t]} at {@code (oh + dh[t], ow + dw[t])}.
 *
 * @param weight position of each tap's weight within the kernel, {@code kh kernelWidth + kw}
 */
public record Taps(int[] dh, int[] dw, int[] phase, int[] weight) {

  /** Phases of rows that there are pixels for. */
  public static int phaseRows(ConvGeometry g) {
    return Math.min(g.strideHeight(), g.inHeight());
  }

  /** Phases of columns that there are pixels for. */
  public static int phaseColumns(ConvGeometry g) {
    return Math.min(g.strideWidth(), g.inWidth());
  }

  /** All taps of a convolution. */
  public static Taps of(ConvGeometry g) {
    int count = g.kernelHeight() * g.kernelWidth();
    Taps taps = new Taps(new int[count], new int[count], new int[count], new int[count]);
    for (int t = 0; t < count; t++) {
      int h = t / g.kernelWidth() * g.dilationHeight() - g.padTop();
      int w = t % g.kernelWidth() * g.dilationWidth() - g.padLeft();
      taps.dh[t] = Math.floorDiv(h, g.strideHeight());
      taps.dw[t] = Math.floorDiv(w, g.strideWidth());
      taps.phase[t] =
          Math.floorMod(h, g.strideHeight()) * g.strideWidth() + Math.floorMod(w, g.strideWidth());
      taps.weight[t] = t;
    }
    return taps;
  }

  /**
   * The taps that reach pixels {@code (sh i + ph, sw j + pw)} of the gradient to the input: dx at
   * (i, j) of that phase reads dy at {@code (i + dh, j + dw)}.
   */
  public static Taps towardsInput(ConvGeometry g, int ph, int pw) {
    int count = 0;
    int all = g.kernelHeight() * g.kernelWidth();
    int[] dh = new int[all];
    int[] dw = new int[all];
    int[] weight = new int[all];
    for (int t = 0; t < all; t++) {
      // x = stride y + offset, so y = (x - offset) / stride where that is whole.
      int h = ph - (t / g.kernelWidth() * g.dilationHeight() - g.padTop());
      int w = pw - (t % g.kernelWidth() * g.dilationWidth() - g.padLeft());
      if (Math.floorMod(h, g.strideHeight()) == 0 && Math.floorMod(w, g.strideWidth()) == 0) {
        dh[count] = Math.floorDiv(h, g.strideHeight());
        dw[count] = Math.floorDiv(w, g.strideWidth());
        weight[count++] = t;
      }
    }
    return new Taps(
        Arrays.copyOf(dh, count),
        Arrays.copyOf(dw, count),
        new int[count],
        Arrays.copyOf(weight, count));
  }

  /** Number of taps. */
  public int count() {
    return dh.length;
  }

  /** Whether the only tap reads the output's own pixel. */
  public boolean isPointwise() {
    return count() == 1 && dh[0] == 0 && dw[0] == 0;
  }

  /** The least of some offsets and zero. */
  static int lowest(int[] offsets) {
    int lowest = 0;
    for (int offset : offsets) {
      lowest = Math.min(lowest, offset);
    }
    return lowest;
  }

  /** The greatest of some offsets and zero. */
  public static int highest(int[] offsets) {
    int highest = 0;
    for (int offset : offsets) {
      highest = Math.max(highest, offset);
    }
    return highest;
  }
}
