package dev.graft.kernels.simd.winograd;

import dev.graft.core.backend.Workers;
import dev.graft.kernels.simd.product.LeftOperand;
import dev.graft.kernels.simd.product.Product;
import dev.graft.kernels.simd.product.Tiles;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import dev.graft.kernels.simd.work.ScratchArrays;
import dev.graft.kernels.simd.work.Spans;
import java.util.function.IntConsumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Weights of a 3x3 convolution in the Winograd domain: {@code U = G w G^T}, 36 matrices [m,
 * channels]. With {@code G = ((1/4 0 0) (-1/6 -1/6 -1/6) (-1/6 1/6 -1/6) (1/24 1/12 1/6) (1/24
 * -1/12 1/6) (0 0 1))}. They lie in strips of {@link Tiles#TALL} rows; in a strip matrix after
 * matrix, each packed as {@link LeftOperand} packs.
 *
 * <p>One object serves many weights of a shape, one after the other.
 */
final class WinogradWeights {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;
  private static final KernelForm FORM =
      new KernelForm("Winograd weights", new WinogradTrials.Weights());

  private final int m;
  private final int channels;
  private final boolean transposed;
  private final ScratchArrays scratch;
  private final int rows;
  private final LeftOperand direct;
  private final IntConsumer part = this::part;

  // What is transformed just now.
  private float[] array = ScratchArrays.NONE;
  private int offset;
  private boolean isPacked;
  private float[] to = ScratchArrays.NONE;

  /**
   * @param transposed whether the weights are transposed and turned by 180 degrees: those that lead
   *     from the gradient of the output to that of the input
   */
  WinogradWeights(int m, int channels, boolean transposed, ScratchArrays scratch) {
    this.m = m;
    this.channels = channels;
    this.transposed = transposed;
    this.scratch = scratch;
    this.rows = Tiles.padded(m);
    direct = LeftOperand.matrix(false, m, 9 * channels);
  }

  /** Elements of U. */
  int length() {
    return Math.multiplyExact(Winograd.POINTS * rows, channels);
  }

  /** Elements of a strip, the last of which may be shorter. */
  int stripLength() {
    return Winograd.POINTS * Tiles.TALL * channels;
  }

  /** Rows of a strip. */
  int rows(int strip) {
    return Math.min(Tiles.TALL, rows - strip * Tiles.TALL);
  }

  /**
   * Transforms the weights there from now on.
   *
   * @param array the weights [m, channels, 3, 3], or [channels, m, 3, 3] where they are transposed
   * @param isPacked whether they are packed as the left operand of the direct product, [m, 9
   *     channels]
   */
  void over(float[] array, int offset, boolean isPacked) {
    this.array = array;
    this.offset = offset;
    this.isPacked = isPacked;
  }

  /** Transforms all weights. */
  void transform(Workers workers, float[] to) {
    this.to = to;
    workers.forEach(Spans.ceil(rows, Tiles.TALL), part);
    this.to = ScratchArrays.NONE;
  }

  private void part(int strip) {
    transform(strip, to, strip * stripLength());
  }

  /** Transforms one strip. */
  void transform(int strip, float[] to, int at) {
    float[] work = scratch.take((9 + 18) * N);
    int first = strip * Tiles.TALL;
    int rows = rows(strip);
    int end = first + rows;
    boolean vector = FORM.isVector(3L * Winograd.POINTS * Tiles.TALL * channels);
    for (int row = first; row < end; ) {
      int height = Tiles.height(m - row);
      for (int c = 0; c < channels; c++) {
        int block = c / Product.DEPTH * Product.DEPTH;
        int depth = Math.min(Product.DEPTH, channels - block);
        int target = at + rows * block + (row - first) * depth + (c - block) * height;
        for (int r = 0; r < height; r += N) {
          int used = Math.min(N, height - r);
          if (isPacked) {
            load(row, height, r, used, c, work);
          } else {
            gather(row + r, Math.min(used, m - row - r), c, work);
          }
          if (vector) {
            transform(work, used, to, target + r, rows * channels);
          } else {
            PlainWinograd.weights(work, used, to, target + r, rows * channels);
          }
        }
      }
      row += height;
    }
    scratch.give(work);
  }

  /** The nine weights of some rows, a row in each lane; lanes beyond are zero. */
  private void gather(int row, int rows, int c, float[] work) {
    for (int r = 0; r < N; r++) {
      boolean there = r < rows;
      int from = offset + (transposed ? c * m + row + r : (row + r) * channels + c) * 9;
      for (int t = 0; t < 9; t++) {
        work[t * N + r] = there ? array[transposed ? from + 8 - t : from + t] : 0f;
      }
    }
  }

  /** The same, where the rows of a strip lie side by side. */
  private void load(int row, int height, int r, int used, int c, float[] work) {
    for (int t = 0; t < 9; t++) {
      int from = offset + direct.packedAt(row, height, 9 * c + t) + r;
      System.arraycopy(array, from, work, t * N, used);
    }
  }

  /** {@code G w G^T} of the kernels in the lanes of {@code work}. */
  static void transform(float[] work, int lanes, float[] to, int at, int stride) {
    for (int j = 0; j < 3; j++) {
      line(work, j * N, 3 * N, work, (9 + j) * N, 3 * N, N);
    }
    for (int i = 0; i < 6; i++) {
      line(work, (9 + i * 3) * N, N, to, at + i * 6 * stride, stride, lanes);
    }
  }

  /** G times three vectors. */
  private static void line(
      float[] w, int from, int step, float[] to, int at, int stride, int lanes) {
    VectorMask<Float> used = F.indexInRange(0, lanes);
    FloatVector w0 = FloatVector.fromArray(F, w, from);
    FloatVector w1 = FloatVector.fromArray(F, w, from + step);
    FloatVector w2 = FloatVector.fromArray(F, w, from + 2 * step);
    FloatVector outer = w0.add(w2);
    FloatVector far = w2.mul(4f).add(w0);
    FloatVector twice = w1.add(w1);
    w0.mul(1 / 4f).intoArray(to, at, used);
    outer.add(w1).mul(-1 / 6f).intoArray(to, at + stride, used);
    outer.sub(w1).mul(-1 / 6f).intoArray(to, at + 2 * stride, used);
    far.add(twice).mul(1 / 24f).intoArray(to, at + 3 * stride, used);
    far.sub(twice).mul(1 / 24f).intoArray(to, at + 4 * stride, used);
    w2.intoArray(to, at + 5 * stride, used);
  }
}
