package dev.graft.kernels.simd.product;

import dev.graft.core.backend.GemmGeometry;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A dense matrix as right operand, stored as [k, n] or, transposed, as [n, k].
 *
 * @param stride elements from one stored row to the next
 */
public record RightMatrix(float[] array, int offset, int stride, boolean transposed)
    implements RightOperand {

  /** The right operand of such a product. */
  public static RightMatrix of(GemmGeometry g, float[] array, int offset) {
    return new RightMatrix(array, offset, g.transposeB() ? g.k() : g.n(), g.transposeB());
  }

  private static final KernelForm FORM = new KernelForm("rows of a matrix", new Trial());

  @Override
  public void pack(int k0, int steps, int column, int columns, float[] to, int at) {
    if (transposed) {
      packTransposed(array, offset + column * stride + k0, stride, steps, columns, to, at);
    } else if (columns == Tiles.WIDTH && FORM.isVector((long) steps * columns)) {
      packFull(array, offset + k0 * stride + column, stride, steps, to, at);
    } else {
      packPlain(array, offset + k0 * stride + column, stride, steps, columns, to, at);
    }
  }

  private static void packPlain(
      float[] from, int source, int stride, int steps, int columns, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      System.arraycopy(from, source + p * stride, to, at, columns);
      Arrays.fill(to, at + columns, at + Tiles.WIDTH, 0f);
      at += Tiles.WIDTH;
    }
  }

  @Override
  public int direct(int k0, int column) {
    return transposed ? -1 : offset + k0 * stride + column;
  }

  private static void packFull(
      float[] from, int source, int stride, int steps, float[] to, int at) {
    for (int p = 0; p < steps; p++) {
      FloatVector.fromArray(Lanes.FLOATS, from, source).intoArray(to, at);
      FloatVector.fromArray(Lanes.FLOATS, from, source + Lanes.COUNT)
          .intoArray(to, at + Lanes.COUNT);
      source += stride;
      at += Tiles.WIDTH;
    }
  }

  /**
   * Packs {@code steps} elements of each of some stored rows, at most {@link Tiles#WIDTH} of them.
   *
   * @param source where the first row's elements start; the next one's lie {@code stride} further
   */
  public static void packTransposed(
      float[] array, int source, int stride, int steps, int columns, float[] to, int at) {
    int j = 0;
    for (; j + 8 <= columns; j += 8) {
      packEight(array, source + j * stride, stride, steps, to, at + j);
    }
    for (; j < Tiles.WIDTH; j++) {
      int from = source + j * stride;
      int target = at + j;
      for (int p = 0; p < steps; p++) {
        to[target] = j < columns ? array[from + p] : 0f;
        target += Tiles.WIDTH;
      }
    }
  }

  /** Eight stored rows at once: what they yield for one step lies side by side. */
  private static void packEight(float[] a, int a0, int stride, int steps, float[] to, int at) {
    int a1 = a0 + stride;
    int a2 = a1 + stride;
    int a3 = a2 + stride;
    int a4 = a3 + stride;
    int a5 = a4 + stride;
    int a6 = a5 + stride;
    int a7 = a6 + stride;
    for (int p = 0; p < steps; p++) {
      to[at] = a[a0 + p];
      to[at + 1] = a[a1 + p];
      to[at + 2] = a[a2 + p];
      to[at + 3] = a[a3 + p];
      to[at + 4] = a[a4 + p];
      to[at + 5] = a[a5 + p];
      to[at + 6] = a[a6 + p];
      to[at + 7] = a[a7 + p];
      at += Tiles.WIDTH;
    }
  }

  private static final class Trial implements KernelForm.Trial {
    private static final int STEPS = 16;

    private final float[] from = new float[STEPS * Tiles.WIDTH];
    private final float[] to = new float[STEPS * Tiles.WIDTH];

    @Override
    public void run(boolean vector) {
      if (vector) {
        packFull(from, 0, Tiles.WIDTH, STEPS, to, 0);
      } else {
        packPlain(from, 0, Tiles.WIDTH, STEPS, Tiles.WIDTH, to, 0);
      }
    }
  }
}
