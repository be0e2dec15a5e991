package dev.graft.core.backend.reference;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.backend.plain.JavaBackend;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The specification in code: every primitive of {@link Backend} as the loop its formula describes,
 * one thread, double precision. Read this first to learn what a kernel computes; read {@link
 * JavaBackend} to learn how to make it fast.
 *
 * <p>The other backends are held against this one, and gradients are checked on it by central
 * differences, which need more digits than a float has. {@link #upload(double[], int, int, Buffer)}
 * and {@link #values} carry doubles in and out unrounded.
 *
 * <p>It holds no state of its own, so any number of threads may use it on buffers of their own.
 */
public final class ReferenceBackend implements Backend {

  /**
   * A run of doubles in a Java array.
   *
   * @param array the backing array, shared, not copied
   * @param offset index of the first element
   * @param length number of elements
   */
  public record DoubleBuffer(double[] array, int offset, int length) implements Buffer {

    public DoubleBuffer {
      Objects.checkFromIndexSize(offset, length, array.length);
    }

    @Override
    public DoubleBuffer slice(int offset, int length) {
      Objects.checkFromIndexSize(offset, length, this.length);
      return new DoubleBuffer(array, this.offset + offset, length);
    }

    double get(int index) {
      return array[offset + index];
    }

    void set(int index, double value) {
      array[offset + index] = value;
    }

    void add(int index, double value) {
      array[offset + index] += value;
    }
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int threads() {
    return 1;
  }

  // ---- memory ----------------------------------------------------------------------------------

  @Override
  public int elementBytes() {
    return Double.BYTES;
  }

  /** New storage filled with NaN, so that a read of what nobody wrote shows in the result. */
  @Override
  public Buffer allocate(int elements) {
    double[] array = new double[elements];
    Arrays.fill(array, Double.NaN);
    return new DoubleBuffer(array, 0, elements);
  }

  @Override
  public void upload(float[] source, int sourceOffset, int count, Buffer target) {
    for (int i = 0; i < count; i++) {
      of(target).set(i, source[sourceOffset + i]);
    }
  }

  /** Copies {@code count} doubles from {@code source[sourceOffset…]} to the start of the target. */
  public void upload(double[] source, int sourceOffset, int count, Buffer target) {
    for (int i = 0; i < count; i++) {
      of(target).set(i, source[sourceOffset + i]);
    }
  }

  @Override
  public void download(Buffer source, int count, float[] target, int targetOffset) {
    for (int i = 0; i < count; i++) {
      target[targetOffset + i] = (float) of(source).get(i);
    }
  }

  /** A copy of the first {@code count} elements of {@code source}, in full precision. */
  public double[] values(Buffer source, int count) {
    DoubleBuffer from = of(source);
    Objects.checkFromIndexSize(0, count, from.length());
    return Arrays.copyOfRange(from.array(), from.offset(), from.offset() + count);
  }

  @Override
  public void fill(int n, double value, Buffer y) {
    for (int i = 0; i < n; i++) {
      of(y).set(i, value);
    }
  }

  @Override
  public void copy(
      int[] shape, Buffer x, int xOffset, int[] xStrides, int yOffset, int[] yStrides, Buffer y) {
    for (int i = 0; i < ReferenceIndex.elements(shape); i++) {
      int from = xOffset + ReferenceIndex.position(i, shape, xStrides);
      int to = yOffset + ReferenceIndex.position(i, shape, yStrides);
      of(y).set(to, of(x).get(from));
    }
  }

  @Override
  public void gather(int outer, int n, int inner, int[] indices, Buffer x, Buffer y) {
    int count = indices.length;
    for (int at = 0; at < outer * count * inner; at++) {
      int row = at / inner / count * n + indices[at / inner % count];
      of(y).set(at, of(x).get(row * inner + at % inner));
    }
  }

  @Override
  public void scatterAdd(int outer, int n, int inner, int[] indices, Buffer dy, Buffer dx) {
    fill(outer * n * inner, 0, dx);
    int count = indices.length;
    for (int at = 0; at < outer * count * inner; at++) {
      int row = at / inner / count * n + indices[at / inner % count];
      of(dx).add(row * inner + at % inner, of(dy).get(at));
    }
  }

  // ---- element-wise ----------------------------------------------------------------------------

  @Override
  public void unary(UnaryOp op, double alpha, double beta, int n, Buffer x, Buffer y) {
    for (int i = 0; i < n; i++) {
      of(y).set(i, op.value().value(alpha, beta, of(x).get(i), 0));
    }
  }

  @Override
  public void unaryGradient(
      UnaryOp op, double alpha, double beta, int n, Buffer saved, Buffer dy, Buffer dx) {
    for (int i = 0; i < n; i++) {
      double s = of(saved).get(i);
      of(dx).set(i, op.gradient().value(alpha, beta, s, of(dy).get(i)));
    }
  }

  @Override
  public void binary(
      BinaryOp op, int[] shape, Buffer a, int[] aStrides, Buffer b, int[] bStrides, Buffer y) {
    for (int i = 0; i < ReferenceIndex.elements(shape); i++) {
      double left = of(a).get(ReferenceIndex.position(i, shape, aStrides));
      double right = of(b).get(ReferenceIndex.position(i, shape, bStrides));
      of(y).set(i, op.value(left, right));
    }
  }

  @Override
  public void axpy(int n, double alpha, Buffer x, Buffer y) {
    for (int i = 0; i < n; i++) {
      of(y).add(i, alpha * of(x).get(i));
    }
  }

  @Override
  public void dropout(int n, double ratio, long key, Buffer x, Buffer y) {
    for (int i = 0; i < n; i++) {
      boolean kept = Rng.uniform(key, i) >= ratio;
      of(y).set(i, kept ? of(x).get(i) / (1 - ratio) : 0);
    }
  }

  // ---- contractions ----------------------------------------------------------------------------

  @Override
  public void gemm(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    for (int item = 0; item < g.batch(); item++) {
      for (int row = 0; row < g.m(); row++) {
        for (int column = 0; column < g.n(); column++) {
          double sum = 0;
          for (int k = 0; k < g.k(); k++) {
            int inA = g.transposeA() ? k * g.m() + row : row * g.k() + k;
            int inB = g.transposeB() ? column * g.k() + k : k * g.n() + column;
            sum += of(a).get(item * g.strideA() + inA) * of(b).get(item * g.strideB() + inB);
          }
          int inC = item * g.strideC() + row * g.n() + column;
          // Not 0 * c: the old contents may be NaN.
          double kept = beta == 0 ? 0 : beta * of(c).get(inC);
          of(c).set(inC, alpha * sum + kept);
        }
      }
    }
  }

  @Override
  public void im2col(ConvGeometry g, int image, int group, Buffer x, Buffer columns) {
    ReferenceWindows.im2col(g, image, group, of(x), of(columns));
  }

  @Override
  public void col2im(ConvGeometry g, int image, int group, Buffer columns, Buffer dx) {
    ReferenceWindows.col2im(g, image, group, of(columns), of(dx));
  }

  // ---- reductions and windows ------------------------------------------------------------------

  @Override
  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    int[] strides = ReferenceIndex.foldedStrides(shape, reduced);
    int outputs = 1;
    int folded = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      if (reduced[axis]) {
        folded *= shape[axis];
      } else {
        outputs *= shape[axis];
      }
    }
    fill(outputs, op == ReduceOp.MAX ? Double.NEGATIVE_INFINITY : 0, y);
    for (int i = 0; i < ReferenceIndex.elements(shape); i++) {
      int to = ReferenceIndex.position(i, shape, strides);
      double value = of(x).get(i);
      double before = of(y).get(to);
      of(y).set(to, op == ReduceOp.MAX ? Math.max(before, value) : before + value);
    }
    if (op == ReduceOp.MEAN) {
      for (int i = 0; i < outputs; i++) {
        of(y).set(i, of(y).get(i) / folded);
      }
    }
  }

  @Override
  public void maxPool(PoolGeometry g, Buffer x, @Nullable Buffer winners, Buffer y) {
    ReferencePooling.max(g, of(x), winners == null ? null : of(winners), of(y));
  }

  @Override
  public void maxPoolGradient(PoolGeometry g, Buffer winners, Buffer dy, Buffer dx) {
    ReferencePooling.maxGradient(g, of(winners), of(dy), of(dx));
  }

  @Override
  public void averagePool(PoolGeometry g, Buffer x, Buffer y) {
    ReferencePooling.average(g, of(x), of(y));
  }

  @Override
  public void averagePoolGradient(PoolGeometry g, Buffer dy, Buffer dx) {
    ReferencePooling.averageGradient(g, of(dy), of(dx));
  }

  // ---- optimizer steps -------------------------------------------------------------------------

  @Override
  public void sgd(
      int n,
      double rate,
      double momentum,
      boolean nesterov,
      double weightDecay,
      Buffer g,
      Buffer v,
      Buffer w) {
    for (int i = 0; i < n; i++) {
      double weight = of(w).get(i);
      double gradient = of(g).get(i) + weightDecay * weight;
      double step = gradient;
      if (momentum != 0) {
        double velocity = momentum * of(v).get(i) + gradient;
        of(v).set(i, velocity);
        step = nesterov ? gradient + momentum * velocity : velocity;
      }
      of(w).set(i, weight - rate * step);
    }
  }

  @Override
  public void adamW(
      int n,
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      int step,
      Buffer g,
      Buffer m,
      Buffer v,
      Buffer w) {
    double correction1 = 1 - StrictMath.pow(beta1, step);
    double correction2 = 1 - StrictMath.pow(beta2, step);
    for (int i = 0; i < n; i++) {
      double gradient = of(g).get(i);
      double first = beta1 * of(m).get(i) + (1 - beta1) * gradient;
      double second = beta2 * of(v).get(i) + (1 - beta2) * gradient * gradient;
      of(m).set(i, first);
      of(v).set(i, second);
      double decayed = of(w).get(i) * (1 - rate * weightDecay);
      double scale = StrictMath.sqrt(second / correction2) + epsilon;
      of(w).set(i, decayed - rate * (first / correction1) / scale);
    }
  }

  /** Nothing to free. */
  @Override
  public void close() {}

  private static DoubleBuffer of(Buffer buffer) {
    return (DoubleBuffer) buffer;
  }
}
