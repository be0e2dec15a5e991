package dev.graft.kernels.simd.product;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * Where a product goes, and what happens on the way. Row i, column q of the product is channel i,
 * pixel q of a batch of images: {@code q = (image gridHeight + oh) gridWidth + ow} lies at {@code
 * offset + image imageStride + i channelStride + oh rowStride + ow columnStride}. A plain matrix is
 * one image of one row.
 *
 * <p>One object serves many results of a layout, one after the other, each {@link #over} an array.
 */
public final class ResultWriter {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;

  /** On an element without vectors. */
  private static final int OPERATIONS = 4;

  /** Activations that run in the registers; others follow in a pass of their own. */
  public static boolean fuses(@Nullable UnaryOp activation) {
    return activation == null || activation == UnaryOp.RELU || activation == UnaryOp.CLIP;
  }

  private static final KernelForm FORM = new KernelForm("epilogue", new ResultWriterTrial());

  private final int gridWidth;
  private final int validWidth;
  private final int plane;
  private final int imageStride;
  private final int channelStride;
  private final int rowStride;
  private final int columnStride;
  private final boolean contiguous;

  private float[] c = ScratchArrays.NONE;
  private int offset;
  private float alpha = 1;
  private float beta;
  private float @Nullable [] bias;
  private int biasOffset;
  private float @Nullable [] columnBias;
  private int columnBiasOffset;
  private float @Nullable [] residual;
  private int residualShift;
  private boolean clips;
  private float low;
  private float high;

  private ResultWriter(
      int gridHeight,
      int gridWidth,
      int validWidth,
      int imageStride,
      int channelStride,
      int rowStride,
      int columnStride) {
    this.gridWidth = gridWidth;
    this.validWidth = validWidth;
    this.plane = gridHeight * gridWidth;
    this.imageStride = imageStride;
    this.channelStride = channelStride;
    this.rowStride = rowStride;
    this.columnStride = columnStride;
    this.contiguous = columnStride == 1 && rowStride == gridWidth && validWidth == gridWidth;
  }

  /** A dense matrix [m, n]. */
  public static ResultWriter matrix(int n) {
    return new ResultWriter(1, n, n, 0, n, n, 1);
  }

  /** Whole planes of images [batch, channels, plane], of which the product is some channels. */
  public static ResultWriter planes(int channels, int plane) {
    return new ResultWriter(1, plane, plane, channels * plane, plane, plane, 1);
  }

  /**
   * Every so many pixels of images [batch, channels, height, width].
   *
   * @param gridWidth columns of a row of the product's grid
   * @param validWidth how many of them there are in the images; the others are dropped
   */
  public static ResultWriter grid(
      int channels,
      int height,
      int width,
      int gridHeight,
      int gridWidth,
      int validWidth,
      int strideHeight,
      int strideWidth) {
    return new ResultWriter(
        gridHeight,
        gridWidth,
        validWidth,
        channels * height * width,
        height * width,
        strideHeight * width,
        strideWidth);
  }

  /** The result that begins there. */
  public ResultWriter over(float[] c, int offset) {
    this.c = c;
    this.offset = offset;
    return this;
  }

  /** {@code alpha product + beta c} instead of the product. */
  public ResultWriter scaled(float alpha, float beta) {
    this.alpha = alpha;
    this.beta = beta;
    return this;
  }

  /** Adds {@code bias[first + row]}; nothing where bias is null. */
  public ResultWriter plusBias(@Nullable HostBuffer bias, int first) {
    this.bias = bias == null ? null : bias.array();
    this.biasOffset = bias == null ? 0 : bias.offset() + first;
    return this;
  }

  /** Adds {@code bias[column]} to a dense matrix; nothing where bias is null. */
  public ResultWriter plusColumnBias(@Nullable HostBuffer bias) {
    columnBias = bias == null ? null : bias.array();
    columnBiasOffset = bias == null ? 0 : bias.offset();
    return this;
  }

  /**
   * Adds the element at the same place of a tensor that is laid out as {@code y}, which the result
   * is part of; nothing where residual is null.
   */
  public ResultWriter plusResidual(@Nullable HostBuffer residual, HostBuffer y) {
    this.residual = residual == null ? null : residual.array();
    this.residualShift = residual == null ? 0 : residual.offset() - y.offset();
    return this;
  }

  /** Applies an activation that {@link #fuses}; nothing where it is another, or null. */
  public ResultWriter activated(@Nullable UnaryOp activation, double alpha, double beta) {
    clips = activation != null && fuses(activation);
    if (clips) {
      low = activation == UnaryOp.RELU ? 0 : (float) alpha;
      high = activation == UnaryOp.RELU ? Float.POSITIVE_INFINITY : (float) beta;
    }
    return this;
  }

  /** Forgets the arrays. */
  public void clear() {
    c = ScratchArrays.NONE;
    bias = null;
    columnBias = null;
    residual = null;
  }

  /** Elements from one row of the product to the next. */
  int channelStride() {
    return channelStride;
  }

  /** The array the product goes to. */
  float[] array() {
    return c;
  }

  /**
   * Where the columns of a tile can be written or added as they are, without a detour: the index of
   * the first element, or -1.
   */
  int direct(int row, int column, int columns, boolean first, boolean last) {
    boolean starts = !first || (beta == 0 && residual == null);
    boolean ends = !last || (bias == null && columnBias == null && !clips);
    if (!contiguous || alpha != 1 || !starts || !ends) {
      return -1;
    }
    int image = column / plane;
    int pixel = column - image * plane;
    return pixel + columns > plane
        ? -1
        : offset + image * imageStride + row * channelStride + pixel;
  }

  /**
   * Adds a tile to what stands there.
   *
   * @param tile from {@code tileAt} on, rows {@code tileStride} apart
   * @param first whether it is the first block of k: nothing of the product stands there yet, and
   *     the residual, which may be c itself, is still there
   * @param last whether it is the last one: bias and activation follow
   */
  void flush(
      float[] tile,
      int tileAt,
      int tileStride,
      int row,
      int rows,
      int column,
      int columns,
      boolean first,
      boolean last) {
    int image = column / plane;
    int pixel = column - image * plane;
    for (int done = 0; done < columns; ) {
      // As far as pixels lie side by side: the rest of the image, or of its row.
      int run;
      int valid;
      int at = offset + image * imageStride + row * channelStride;
      if (contiguous) {
        run = Math.min(columns - done, plane - pixel);
        valid = run;
        at += pixel;
      } else {
        int oh = pixel / gridWidth;
        int ow = pixel - oh * gridWidth;
        run = Math.min(columns - done, gridWidth - ow);
        valid = Math.max(0, Math.min(run, validWidth - ow));
        at += oh * rowStride + ow * columnStride;
      }
      boolean vector = columnStride == 1 && FORM.isVector((long) OPERATIONS * rows * valid);
      for (int r = 0; r < rows; r++) {
        float b = bias != null && last ? bias[biasOffset + row + r] : 0f;
        int from = tileAt + r * tileStride + done;
        int to = at + r * channelStride;
        int own = columnBiasOffset + column + done;
        if (vector) {
          flushRun(tile, from, to, valid, b, own, first, last);
        } else {
          flushSpread(tile, from, to, valid, b, own, first, last);
        }
      }
      done += run;
      pixel += run;
      if (pixel == plane) {
        pixel = 0;
        image++;
      }
    }
  }

  /** Writes a run of pixels of one channel that were computed whole, with all that follows. */
  public void row(float[] from, int at, int row, int image, int pixel, int run) {
    float b = bias != null ? bias[biasOffset + row] : 0f;
    int to = offset + image * imageStride + row * channelStride + pixel;
    if (FORM.isVector((long) OPERATIONS * run)) {
      flushRun(from, at, to, run, b, 0, true, true);
    } else {
      flushSpread(from, at, to, run, b, 0, true, true);
    }
  }

  /**
   * @param b the bias of the row
   * @param own where the bias of the first column is, if each has one
   */
  void flushRun(
      float[] tile, int from, int to, int run, float b, int own, boolean first, boolean last) {
    float[] res = first ? residual : null;
    float[] each = last ? columnBias : null;
    boolean clip = last && clips;
    int end = F.loopBound(run);
    for (int j = 0; j < end; j += Lanes.COUNT) {
      FloatVector v = FloatVector.fromArray(F, tile, from + j);
      if (alpha != 1) {
        v = v.mul(alpha);
      }
      if (!first) {
        v = FloatVector.fromArray(F, c, to + j).add(v);
      } else if (beta != 0) {
        v = FloatVector.fromArray(F, c, to + j).mul(beta).add(v);
      }
      if (last && bias != null) {
        v = v.add(b);
      }
      if (each != null) {
        v = v.add(FloatVector.fromArray(F, each, own + j));
      }
      if (res != null) {
        v = v.add(FloatVector.fromArray(F, res, to + residualShift + j));
      }
      if (clip) {
        v = v.max(low).min(high);
      }
      v.intoArray(c, to + j);
    }
    for (int j = end; j < run; j++) {
      float shift = each == null ? b : each[own + j];
      c[to + j] = finish(tile[from + j], to + j, shift, first, last, res, clip);
    }
  }

  void flushSpread(
      float[] tile, int from, int to, int run, float b, int own, boolean first, boolean last) {
    float[] res = first ? residual : null;
    float[] each = last ? columnBias : null;
    boolean clip = last && clips;
    for (int j = 0; j < run; j++) {
      int at = to + j * columnStride;
      float shift = each == null ? b : each[own + j];
      c[at] = finish(tile[from + j], at, shift, first, last, res, clip);
    }
  }

  private float finish(
      float v, int at, float b, boolean first, boolean last, float @Nullable [] res, boolean clip) {
    if (alpha != 1) {
      v *= alpha;
    }
    if (!first) {
      v = c[at] + v;
    } else if (beta != 0) {
      v = c[at] * beta + v;
    }
    if (last && (bias != null || columnBias != null)) {
      v += b;
    }
    if (res != null) {
      v += res[at + residualShift];
    }
    return clip ? Math.min(Math.max(v, low), high) : v;
  }
}
