package dev.graft.core.backend.plain;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution and its gradient to the input, both as products over {@link TapRows}. The gradient is
 * a convolution of dy with the transposed weights. Where the stride s is greater than 1, the pixels
 * of dx fall into s x s phases that see different taps: each phase is a convolution of stride 1
 * with its own few taps, so that nothing is multiplied with the zeros between the pixels of dy.
 */
final class JavaConvolution {

  private JavaConvolution() {}

  static void forward(
      Workers workers,
      Scratch.Pool pool,
      ConvGeometry g,
      HostBuffer x,
      HostBuffer w,
      @Nullable HostBuffer bias,
      HostBuffer y) {
    forwardPlan(g, x, w, bias, y).run(workers, pool);
  }

  /** The convolution as products: one row of B for every input channel of a group and every tap. */
  static TapRows.Plan forwardPlan(
      ConvGeometry g, HostBuffer x, HostBuffer w, @Nullable HostBuffer bias, HostBuffer y) {
    int taps = g.kernelHeight() * g.kernelWidth();
    int[] dh = new int[taps];
    int[] dw = new int[taps];
    int[] tapOffset = new int[taps];
    for (int tap = 0; tap < taps; tap++) {
      dh[tap] = tap / g.kernelWidth() * g.dilationHeight() - g.padTop();
      dw[tap] = tap % g.kernelWidth() * g.dilationWidth() - g.padLeft();
      tapOffset[tap] = tap;
    }
    int m = g.outChannels() / g.groups();
    return new TapRows.Plan(
        g.batch(),
        g.groups(),
        g.inChannels() / g.groups(),
        g.inHeight(),
        g.inWidth(),
        x,
        g.outHeight(),
        g.outWidth(),
        g.strideHeight(),
        g.strideWidth(),
        dh,
        dw,
        w,
        tapOffset,
        taps,
        g.patch(),
        m * g.patch(),
        bias,
        m,
        y,
        g.outHeight(),
        g.outWidth(),
        1,
        1,
        0,
        0);
  }

  static void gradientInput(
      Workers workers,
      Scratch.Pool pool,
      ConvGeometry g,
      HostBuffer dy,
      HostBuffer w,
      HostBuffer dx) {
    int groupOut = g.outChannels() / g.groups();
    int groupIn = g.inChannels() / g.groups();
    int taps = g.kernelHeight() * g.kernelWidth();
    for (int top = 0; top < Math.min(g.strideHeight(), g.inHeight()); top++) {
      for (int left = 0; left < Math.min(g.strideWidth(), g.inWidth()); left++) {
        Taps seen = tapsOfPhase(g, top, left);
        int gridHeight = RowProducts.ceil(g.inHeight() - top, g.strideHeight());
        int gridWidth = RowProducts.ceil(g.inWidth() - left, g.strideWidth());
        new TapRows.Plan(
                g.batch(),
                g.groups(),
                groupOut,
                g.outHeight(),
                g.outWidth(),
                dy,
                gridHeight,
                gridWidth,
                1,
                1,
                seen.dh,
                seen.dw,
                w,
                seen.index,
                g.patch(),
                taps,
                groupOut * g.patch(),
                null,
                groupIn,
                dx,
                g.inHeight(),
                g.inWidth(),
                g.strideHeight(),
                g.strideWidth(),
                top,
                left)
            .run(workers, pool);
      }
    }
  }

  /** Taps by their shifts of rows and columns, and their index in the kernel. */
  private record Taps(int[] dh, int[] dw, int[] index) {}

  /**
   * The taps that reach the pixels {@code (top + i s, left + j s)} of the input: output row {@code
   * oh} saw input row {@code oh s - pad + kh d}, so {@code oh = i + (top + pad - kh d) / s} where s
   * divides.
   */
  private static Taps tapsOfPhase(ConvGeometry g, int top, int left) {
    int most = g.kernelHeight() * g.kernelWidth();
    int[] dh = new int[most];
    int[] dw = new int[most];
    int[] index = new int[most];
    int count = 0;
    for (int kh = 0; kh < g.kernelHeight(); kh++) {
      int down = top + g.padTop() - kh * g.dilationHeight();
      for (int kw = 0; kw < g.kernelWidth(); kw++) {
        int right = left + g.padLeft() - kw * g.dilationWidth();
        if (down % g.strideHeight() == 0 && right % g.strideWidth() == 0) {
          dh[count] = down / g.strideHeight();
          dw[count] = right / g.strideWidth();
          index[count++] = kh * g.kernelWidth() + kw;
        }
      }
    }
    if (count == most) {
      return new Taps(dh, dw, index);
    }
    return new Taps(
        Arrays.copyOf(dh, count), Arrays.copyOf(dw, count), Arrays.copyOf(index, count));
  }
}
