package dev.graft.kernels.simd.depthwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.convolution.InputGradient;
import dev.graft.kernels.simd.image.RowCopies;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Gradient to the input of a depthwise 3x3 convolution with stride 2. With zeros between the
 * outputs three products of four would be with zero. Instead, rows and columns of the padded input
 * are told apart by parity: an even one is met by the first and the last row (column) of the
 * kernel, an odd one by the middle one. Even and odd columns are interleaved in registers.
 */
public final class StridedGradient implements InputGradient {

  /** Sums that are held before they are copied into place: half of a level-1 cache. */
  private static final int BLOCK = 4096;

  /** Doubles the lower half of a vector. */
  private static final VectorShuffle<Float> LOWER = VectorShuffle.fromOp(FLOATS, lane -> lane / 2);

  /** Doubles the upper half of a vector. */
  private static final VectorShuffle<Float> UPPER =
      VectorShuffle.fromOp(FLOATS, lane -> (COUNT + lane) / 2);

  /** 0 and 1 by turns. */
  private static final float[] PARITY = new float[COUNT];

  static {
    for (int lane = 0; lane < COUNT; lane++) {
      PARITY[lane] = lane % 2;
    }
  }

  private final Workers workers;
  private final ScratchArrays scratch;
  private final ConvGeometry g;

  /** Pairs of rows of the padded input, as far as there is an input. */
  private final int pairs;

  /** Columns that are computed: pairs of those of the padded input, rounded up to vectors. */
  private final int width;

  /** Pairs of rows that are held at once. */
  private final int block;

  /** Elements from a row of the padded gradient to the next. */
  private final int step;

  /** Elements of the padded gradient. */
  private final int length;

  private final Workers.Span part = this::part;

  // What is computed just now.
  private HostBuffer dy = ScratchArrays.NO_BUFFER;
  private HostBuffer w = ScratchArrays.NO_BUFFER;
  private HostBuffer dx = ScratchArrays.NO_BUFFER;

  public StridedGradient(Workers workers, ScratchArrays scratch, ConvGeometry g) {
    this.workers = workers;
    this.scratch = scratch;
    this.g = g;
    pairs = Spans.ceil(g.padTop() + g.inHeight(), 2);
    int columns = Spans.ceil(g.padLeft() + g.inWidth(), 2);
    width = Spans.ceil(columns, COUNT) * COUNT;
    block = Math.max(1, BLOCK / (4 * width));
    // A row and a column of zeros lead; what follows is as long as the longer of both.
    step = Math.max(columns, g.outWidth()) + 1;
    length = (Math.max(pairs, g.outHeight()) + 1) * step + 2 * COUNT + 1;
  }

  public static boolean suits(ConvGeometry g) {
    return g.kernelHeight() == 3
        && g.kernelWidth() == 3
        && g.strideHeight() == 2
        && g.strideWidth() == 2
        && g.dilationHeight() == 1
        && g.dilationWidth() == 1
        && g.outChannels() == g.inChannels();
  }

  @Override
  public void run(HostBuffer dy, HostBuffer w, HostBuffer dx) {
    this.dy = dy;
    this.w = w;
    this.dx = dx;
    Spans.forRows(workers, g.batch() * g.inChannels(), 2L * g.inPlane(), part);
    this.dy = ScratchArrays.NO_BUFFER;
    this.w = ScratchArrays.NO_BUFFER;
    this.dx = ScratchArrays.NO_BUFFER;
  }

  private void part(int first, int count) {
    float[] padded = scratch.take(length);
    Arrays.fill(padded, 0, length, 0f);
    float[] sums = scratch.take(4 * block * width + COUNT);
    int outWidth = g.outWidth();
    for (int plane = first; plane < first + count; plane++) {
      int from = dy.offset() + plane * g.outPlane();
      RowCopies.copy(
          g.outHeight(), outWidth, 0f, dy.array(), from, outWidth, padded, step + 1, step);
      int weights = w.offset() + plane % g.inChannels() * 9;
      int to = dx.offset() + plane * g.inPlane();
      for (int pair = 0; pair < pairs; pair += block) {
        int n = Math.min(block, pairs - pair);
        evenRows(n, width, padded, pair * step, step, w.array(), weights, sums, 0);
        oddRows(n, width, padded, pair * step, step, w.array(), weights, sums, 2 * width);
        int top = Math.max(0, 2 * pair - g.padTop());
        int bottom = Math.min(g.inHeight(), 2 * (pair + n) - g.padTop());
        RowCopies.gather(
            Math.max(0, bottom - top),
            g.inWidth(),
            sums,
            (top + g.padTop() - 2 * pair) * 2 * width + g.padLeft(),
            2 * width,
            dx.array(),
            to + top * g.inWidth());
      }
    }
    scratch.give(sums);
    scratch.give(padded);
  }

  private static void evenRows(
      int pairs, int width, float[] dy, int at, int step, float[] w, int wo, float[] y, int yo) {
    FloatVector w0 = FloatVector.broadcast(FLOATS, w[wo]);
    FloatVector w1 = FloatVector.broadcast(FLOATS, w[wo + 1]);
    FloatVector w2 = FloatVector.broadcast(FLOATS, w[wo + 2]);
    FloatVector w6 = FloatVector.broadcast(FLOATS, w[wo + 6]);
    FloatVector w7 = FloatVector.broadcast(FLOATS, w[wo + 7]);
    FloatVector w8 = FloatVector.broadcast(FLOATS, w[wo + 8]);
    VectorMask<Float> odds =
        FloatVector.fromArray(FLOATS, PARITY, 0).compare(VectorOperators.GT, 0f);
    for (int pair = 0; pair < pairs; pair++) {
      int above = at + pair * step;
      int to = yo + pair * 4 * width;
      for (int i = 0; i < width; i += COUNT) {
        FloatVector d = FloatVector.fromArray(FLOATS, dy, above + step + i + 1);
        FloatVector left = FloatVector.fromArray(FLOATS, dy, above + step + i);
        FloatVector top = FloatVector.fromArray(FLOATS, dy, above + i + 1);
        FloatVector corner = FloatVector.fromArray(FLOATS, dy, above + i);
        FloatVector even = corner.fma(w8, top.fma(w6, left.fma(w2, d.mul(w0))));
        FloatVector odd = top.fma(w7, d.mul(w1));
        even.rearrange(LOWER).blend(odd.rearrange(LOWER), odds).intoArray(y, to + 2 * i);
        even.rearrange(UPPER).blend(odd.rearrange(UPPER), odds).intoArray(y, to + 2 * i + COUNT);
      }
    }
  }

  private static void oddRows(
      int pairs, int width, float[] dy, int at, int step, float[] w, int wo, float[] y, int yo) {
    FloatVector w3 = FloatVector.broadcast(FLOATS, w[wo + 3]);
    FloatVector w4 = FloatVector.broadcast(FLOATS, w[wo + 4]);
    FloatVector w5 = FloatVector.broadcast(FLOATS, w[wo + 5]);
    VectorMask<Float> odds =
        FloatVector.fromArray(FLOATS, PARITY, 0).compare(VectorOperators.GT, 0f);
    for (int pair = 0; pair < pairs; pair++) {
      int from = at + (pair + 1) * step;
      int to = yo + pair * 4 * width;
      for (int i = 0; i < width; i += COUNT) {
        FloatVector d = FloatVector.fromArray(FLOATS, dy, from + i + 1);
        FloatVector left = FloatVector.fromArray(FLOATS, dy, from + i);
        FloatVector even = left.fma(w5, d.mul(w3));
        FloatVector odd = d.mul(w4);
        even.rearrange(LOWER).blend(odd.rearrange(LOWER), odds).intoArray(y, to + 2 * i);
        even.rearrange(UPPER).blend(odd.rearrange(UPPER), odds).intoArray(y, to + 2 * i + COUNT);
      }
    }
  }
}
