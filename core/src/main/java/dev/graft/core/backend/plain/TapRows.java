package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One group of a convolution, or of the gradient to a convolution's input, as a {@link RowProduct}:
 * a row of B is one input channel seen through one kernel tap, over consecutive pixels of the whole
 * batch. The columns that {@code im2col} would write never exist; a tile of them is gathered into
 * the panel straight from the image. Because a row runs on from image to image, it stays long where
 * the planes of late layers are small.
 */
final class TapRows extends RowProduct {

  /**
   * What all groups share.
   *
   * @param from the images read, {@code [batch, groups * channels, height, width]}
   * @param dh row of the image that tap t sees at row i of the grid: {@code i stepHeight + dh[t]}
   * @param dw the same for columns
   * @param tapOffset where in the weights tap t lies
   * @param channelStride elements in the weights from one channel to the next
   * @param rowStride elements in the weights from one row of the output to the next
   * @param groupStride elements in the weights from one group to the next
   * @param to the images written, {@code [batch, groups * m, outHeight, outWidth]}
   * @param outStepHeight grid row i is row {@code outTop + i outStepHeight} of the output
   */
  record Plan(
      int batch,
      int groups,
      int channels,
      int height,
      int width,
      HostBuffer from,
      int gridHeight,
      int gridWidth,
      int stepHeight,
      int stepWidth,
      int[] dh,
      int[] dw,
      HostBuffer weights,
      int[] tapOffset,
      int channelStride,
      int rowStride,
      int groupStride,
      @Nullable HostBuffer bias,
      int m,
      HostBuffer to,
      int outHeight,
      int outWidth,
      int outStepHeight,
      int outStepWidth,
      int outTop,
      int outLeft) {

    int gridPlane() {
      return gridHeight * gridWidth;
    }

    int pixels() {
      return batch * gridPlane();
    }

    TapRows group(int group) {
      return new TapRows(this, group);
    }

    void run(Workers workers, Scratch.Pool pool) {
      RowProducts.run(workers, pool, groups, m, pixels(), channels * dh.length, this::group);
    }
  }

  private final Plan p;
  private int group;
  private final boolean shifts;

  private TapRows(Plan p, int group) {
    super(p.m, p.pixels(), p.channels * p.dh.length, p.weights.array(), p.rowStride, 1);
    this.p = p;
    this.group = group;
    shifts = p.stepHeight == 1 && p.stepWidth == 1 && p.gridWidth == p.width;
  }

  @Override
  boolean moveTo(int index) {
    group = index;
    return true;
  }

  @Override
  void offsets(int from, int count, int[] offsets) {
    int base = p.weights.offset() + group * p.groupStride;
    int taps = p.dh.length;
    for (int j = 0; j < count; j++) {
      int step = from + j;
      offsets[j] = base + step / taps * p.channelStride + p.tapOffset[step % taps];
    }
  }

  @Override
  void pack(int from, int count, int column, int width, float[][] rows) {
    int plane = p.gridPlane();
    int taps = p.dh.length;
    int inPlane = p.height * p.width;
    for (int j = 0; j < count; j++) {
      int channel = (from + j) / taps;
      int tap = (from + j) % taps;
      float[] row = rows[j];
      int image = column / plane;
      int first = column % plane;
      for (int done = 0; done < width; ) {
        int length = Math.min(width - done, plane - first);
        int source =
            p.from.offset() + ((image * p.groups + group) * p.channels + channel) * inPlane;
        if (shifts) {
          shift(source, p.dh[tap], p.dw[tap], first, length, row, done);
        } else {
          gather(source, p.dh[tap], p.dw[tap], first, length, row, done);
        }
        done += length;
        first = 0;
        image++;
      }
    }
  }

  /**
   * Where grid and image have the same width and the stride is 1, a tap sees the plane shifted: one
   * copy, then zeros where the shift ran over an edge.
   */
  private void shift(int source, int dh, int dw, int first, int length, float[] row, int to) {
    int w = p.width;
    int shift = dh * w + dw;
    int last = first + length;
    // Grid positions whose image row exists, and whose shifted position lies within the plane.
    int inside = Math.max(first, Math.max(-dh * w, -shift));
    int end = Math.min(last, Math.min((p.height - dh) * w, p.height * w - shift));
    if (inside >= end) {
      Arrays.fill(row, to, to + length, 0f);
      return;
    }
    Arrays.fill(row, to, to + inside - first, 0f);
    System.arraycopy(
        p.from.array(), source + inside + shift, row, to + inside - first, end - inside);
    Arrays.fill(row, to + end - first, to + length, 0f);
    int wrong = Math.min(w, Math.abs(dw));
    int edge = dw < 0 ? 0 : w - wrong;
    for (int i = 0; i < wrong; i++) {
      int column = edge + i;
      int at = first / w * w + column;
      for (at = at < first ? at + w : at; at < last; at += w) {
        row[to + at - first] = 0f;
      }
    }
  }

  private void gather(int source, int dh, int dw, int first, int length, float[] row, int to) {
    int w = p.gridWidth;
    int step = p.stepWidth;
    float[] x = p.from.array();
    // Columns of the grid with an image column under the tap: 0 <= j step + dw < width.
    int lowest = dw >= 0 ? 0 : (-dw + step - 1) / step;
    int highest = p.width - 1 - dw < 0 ? -1 : (p.width - 1 - dw) / step;
    int i = first / w;
    int j = first % w;
    for (int done = 0; done < length; i++, j = 0) {
      int stop = Math.min(w, j + length - done);
      int h = i * p.stepHeight + dh;
      int at = to + done - j;
      int begin = Math.min(stop, Math.max(j, lowest));
      int end = Math.max(begin, Math.min(stop, highest + 1));
      if (h < 0 || h >= p.height || begin == end) {
        Arrays.fill(row, at + j, at + stop, 0f);
      } else {
        int base = source + h * p.width + dw;
        Arrays.fill(row, at + j, at + begin, 0f);
        if (step == 1) {
          System.arraycopy(x, base + begin, row, at + begin, end - begin);
        } else if (step == 2) {
          everySecond(x, base + 2 * begin, row, at + begin, end - begin);
        } else {
          for (int c = begin; c < end; c++) {
            row[at + c] = x[base + c * step];
          }
        }
        Arrays.fill(row, at + end, at + stop, 0f);
      }
      done += stop - j;
    }
  }

  /** With the stride a constant, C2 checks the bounds once, not for every element. */
  private static void everySecond(float[] x, int from, float[] row, int to, int n) {
    for (int c = 0; c < n; c++) {
      row[to + c] = x[from + 2 * c];
    }
  }

  @Override
  void start(int i, int column, int width, float[] sum) {
    HostBuffer bias = p.bias;
    float value = bias == null ? 0f : bias.array()[bias.offset() + group * p.m + i];
    Arrays.fill(sum, 0, width, value);
  }

  @Override
  void finish(int i, int column, int width, float[] sum) {
    int plane = p.gridPlane();
    int outPlane = p.outHeight * p.outWidth;
    boolean dense = p.outStepHeight == 1 && p.outStepWidth == 1 && plane == outPlane;
    int image = column / plane;
    int first = column % plane;
    for (int done = 0; done < width; ) {
      int length = Math.min(width - done, plane - first);
      int target = p.to.offset() + ((image * p.groups + group) * p.m + i) * outPlane;
      if (dense) {
        System.arraycopy(sum, done, p.to.array(), target + first, length);
      } else {
        spread(sum, done, length, first, target);
      }
      done += length;
      first = 0;
      image++;
    }
  }

  private void spread(float[] sum, int from, int length, int first, int target) {
    float[] y = p.to.array();
    int i = first / p.gridWidth;
    int j = first % p.gridWidth;
    for (int done = 0; done < length; i++, j = 0) {
      int stop = Math.min(p.gridWidth, j + length - done);
      int base = target + (p.outTop + i * p.outStepHeight) * p.outWidth + p.outLeft;
      int source = from + done - j;
      if (p.outStepWidth == 2) {
        intoEverySecond(sum, source + j, y, base + 2 * j, stop - j);
      } else {
        for (int c = j; c < stop; c++) {
          y[base + c * p.outStepWidth] = sum[source + c];
        }
      }
      done += stop - j;
    }
  }

  private static void intoEverySecond(float[] sum, int from, float[] y, int to, int n) {
    for (int c = 0; c < n; c++) {
      y[to + 2 * c] = sum[from + c];
    }
  }
}
