package dev.graft.kernels.simd.depthwise;

import dev.graft.kernels.simd.image.PaddedPlane;
import dev.graft.kernels.simd.image.RowCopies;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;

/**
 * Dot products of a plane of output gradients with a {@link PaddedPlane} at each of its taps,
 * summed over many planes. The gradients are laid out with the same distance between rows and zeros
 * in the gaps, so that the plane is one run; the sums stay in vectors, nine taps at a time, from
 * plane to plane.
 */
final class TapDots {

  /** Additions to one lane before it is emptied into a double. */
  private static final int BLOCK = 512;

  private final PaddedPlane layout;
  private final ScratchArrays memory;
  private final boolean rolling;

  /** Elements from a row of gradients to the next. */
  private final int step;

  /** Where the first row of gradients stands. */
  private final int first;

  private final int length;
  private final int groups;

  private final double[] totals;
  private final int[] filled;

  // Borrowed for the time of a call.
  private float[] x = ScratchArrays.NONE;
  private float[] gradient = ScratchArrays.NONE;

  /** A vector for each output channel and tap. */
  private float[] lanes = ScratchArrays.NONE;

  /**
   * @param layout of the padded plane
   * @param outputs output channels that a plane is part of
   */
  TapDots(PaddedPlane layout, ScratchArrays memory, int outputs) {
    this.layout = layout;
    this.memory = memory;
    int[] taps = layout.taps;
    int columns = Spans.ceil(layout.outWidth, Lanes.COUNT) * Lanes.COUNT;
    rolling =
        taps.length == 9
            && layout.square
            && taps[3] == taps[0] + layout.step
            && taps[6] == taps[3] + layout.step
            && layout.outHeight > 2
            && layout.outWidth > Lanes.COUNT / 2;
    step = rolling ? columns : layout.step;
    groups = Spans.ceil(taps.length, WeightDots.TAPS);
    // Two rows of zeros begin and end the rolling sums; the rest is what whole vectors may reach.
    first = rolling ? 2 * step : 0;
    length = first + (layout.outHeight + 2) * step + 2 * columns;
    totals = new double[outputs * groups * WeightDots.TAPS];
    filled = new int[outputs];
  }

  /** Borrows its arrays, unless it has them. */
  void open() {
    if (x == ScratchArrays.NONE) {
      x = zeros(layout.length());
      gradient = zeros(length);
      lanes = zeros(filled.length * groups * WeightDots.LANES);
    }
  }

  private float[] zeros(int length) {
    float[] zeros = memory.take(length);
    Arrays.fill(zeros, 0, length, 0f);
    return zeros;
  }

  /** Takes the plane that begins at {@code from}, for what is added next. */
  void load(float[] plane, int from) {
    layout.load(plane, from, 0f, x);
  }

  /** Adds a plane of gradients of output channel {@code output}. */
  void add(int output, float[] dy, int dyo) {
    int outWidth = layout.outWidth;
    RowCopies.copy(layout.outHeight, outWidth, 0f, dy, dyo, outWidth, gradient, first, step);
    int at = output * groups * WeightDots.LANES;
    if (rolling) {
      WeightDots.three(layout.outHeight, step, gradient, x, layout.step, layout.taps, lanes, at);
      filled[output] += (layout.outHeight + 2) * step / Lanes.COUNT;
    } else {
      int n = (layout.outHeight - 1) * step + outWidth;
      for (int group = 0; group < groups; group++) {
        WeightDots.nine(
            n,
            gradient,
            x,
            layout.taps,
            group * WeightDots.TAPS,
            lanes,
            at + group * WeightDots.LANES);
      }
      filled[output] += Spans.ceil(n, Lanes.COUNT);
    }
    if (filled[output] > BLOCK) {
      empty(output);
    }
  }

  private void empty(int output) {
    int first = output * groups * WeightDots.TAPS;
    for (int sum = first; sum < first + groups * WeightDots.TAPS; sum++) {
      double total = 0;
      for (int lane = sum * Lanes.COUNT; lane < (sum + 1) * Lanes.COUNT; lane++) {
        total += lanes[lane];
        lanes[lane] = 0f;
      }
      totals[sum] += total;
    }
    filled[output] = 0;
  }

  /** Writes the sums of output channel {@code output}, and begins again from zero. */
  void finish(int output, float[] dw, int at) {
    empty(output);
    int first = output * groups * WeightDots.TAPS;
    for (int k = 0; k < layout.taps.length; k++) {
      dw[at + k] = (float) totals[first + k];
    }
    Arrays.fill(totals, first, first + groups * WeightDots.TAPS, 0);
  }

  /** Gives the arrays back when the call is over. */
  void close() {
    if (x != ScratchArrays.NONE) {
      memory.give(lanes);
      memory.give(gradient);
      memory.give(x);
      x = ScratchArrays.NONE;
      gradient = ScratchArrays.NONE;
      lanes = ScratchArrays.NONE;
    }
  }
}
