package dev.graft.kernels.simd.blocked;

import dev.graft.core.backend.Epilogue;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.simd.vector.KernelForm;
import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** From the sums of a tile to the output: bias, residual, and an activation that clips. */
record BlockedResult(float low, float high) {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  /** On an element without vectors. */
  private static final int OPERATIONS = 4;

  private static final KernelForm FORM = new KernelForm("blocked epilogue", new Trial());

  /** The activation where it clips; any other follows in a pass of its own. */
  static BlockedResult of(Epilogue epilogue) {
    if (epilogue.activation() == UnaryOp.RELU) {
      return new BlockedResult(0, Float.POSITIVE_INFINITY);
    }
    return epilogue.activation() == UnaryOp.CLIP
        ? new BlockedResult((float) epilogue.alpha(), (float) epilogue.beta())
        : new BlockedResult(Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
  }

  /**
   * {@code y = clip(sums + bias + residual)} for the first {@code count} vectors of a row of sums.
   *
   * @param residual null for none
   */
  void write(
      int count,
      float[] sums,
      int so,
      float[] bias,
      int bo,
      float @Nullable [] residual,
      int ro,
      float[] y,
      int yo) {
    if (FORM.isVector((long) OPERATIONS * count * N)) {
      if (residual == null) {
        vectors(count, sums, so, bias, bo, low, high, y, yo);
      } else {
        vectorsPlus(count, sums, so, bias, bo, residual, ro, low, high, y, yo);
      }
    } else {
      plain(count, sums, so, bias, bo, residual, ro, low, high, y, yo);
    }
  }

  private static void vectors(
      int count,
      float[] sums,
      int so,
      float[] bias,
      int bo,
      float low,
      float high,
      float[] y,
      int yo) {
    FloatVector b = FloatVector.fromArray(F, bias, bo);
    FloatVector l = FloatVector.broadcast(F, low);
    FloatVector h = FloatVector.broadcast(F, high);
    for (int i = 0; i < count * N; i += N) {
      FloatVector v = FloatVector.fromArray(F, sums, so + i).add(b);
      v = v.blend(l, v.compare(VectorOperators.LT, l));
      v.blend(h, v.compare(VectorOperators.GT, h)).intoArray(y, yo + i);
    }
  }

  private static void vectorsPlus(
      int count,
      float[] sums,
      int so,
      float[] bias,
      int bo,
      float[] residual,
      int ro,
      float low,
      float high,
      float[] y,
      int yo) {
    FloatVector b = FloatVector.fromArray(F, bias, bo);
    FloatVector l = FloatVector.broadcast(F, low);
    FloatVector h = FloatVector.broadcast(F, high);
    for (int i = 0; i < count * N; i += N) {
      FloatVector r = FloatVector.fromArray(F, residual, ro + i);
      FloatVector v = FloatVector.fromArray(F, sums, so + i).add(b).add(r);
      v = v.blend(l, v.compare(VectorOperators.LT, l));
      v.blend(h, v.compare(VectorOperators.GT, h)).intoArray(y, yo + i);
    }
  }

  private static void plain(
      int count,
      float[] sums,
      int so,
      float[] bias,
      int bo,
      float @Nullable [] residual,
      int ro,
      float low,
      float high,
      float[] y,
      int yo) {
    for (int i = 0; i < count * N; i++) {
      float v = sums[so + i] + bias[bo + i % N];
      if (residual != null) {
        v += residual[ro + i];
      }
      v = v < low ? low : v;
      y[yo + i] = v > high ? high : v;
    }
  }

  private static final class Trial implements KernelForm.Trial {
    private static final int ROWS = 8;
    private final float[] a = new float[ROWS * N];
    private final float[] y = new float[ROWS * N];

    @Override
    public void run(boolean vector) {
      if (vector) {
        vectors(ROWS, a, 0, a, 0, 0, 6, y, 0);
        vectorsPlus(ROWS, a, 0, a, 0, a, 0, 0, 6, y, 0);
      } else {
        plain(ROWS, a, 0, a, 0, null, 0, 0, 6, y, 0);
        plain(ROWS, a, 0, a, 0, a, 0, 0, 6, y, 0);
      }
    }
  }
}
