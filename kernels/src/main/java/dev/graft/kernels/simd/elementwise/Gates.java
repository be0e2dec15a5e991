package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Functions that let x pass by how large it is, smooth and in straight lines; x may be y. */
final class Gates {

  private Gates() {}

  /** {@code y = x sigmoid(alpha x) = x / (1 + exp(-alpha x))}. */
  static void swish(int n, float alpha, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      v.div(Exponential.exp(v.mul(-alpha)).add(1f)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = x[xo + i];
      y[yo + i] = v / (Exponential.exp(v * -alpha) + 1f);
    }
  }

  /** {@code dx = dy s (1 + alpha x (1 - s))} with {@code s = sigmoid(alpha x)}. */
  static void swishGradient(
      int n, float alpha, float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector z = FloatVector.fromArray(FLOATS, x, xo + i).mul(alpha);
      FloatVector s = one.div(Exponential.exp(z.neg()).add(1f));
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i).mul(s);
      d.mul(z.mul(one.sub(s)).add(1f)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float z = x[xo + i] * alpha;
      float s = 1f / (Exponential.exp(-z) + 1f);
      dx[dxo + i] = dy[dyo + i] * s * (z * (1f - s) + 1f);
    }
  }

  /** {@code y = min(max(alpha x + beta, 0), 1)}. */
  static void hardSigmoid(int n, float alpha, float beta, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i).mul(alpha).add(beta);
      gate(v).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = gate(x[xo + i] * alpha + beta);
    }
  }

  /** {@code dx = alpha dy} where {@code 0 < y < 1}, else 0. */
  static void hardSigmoidGradient(
      int n, float alpha, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    FloatVector zero = FloatVector.zero(FLOATS);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, y, yo + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i).mul(alpha);
      d = zero.blend(d, v.compare(VectorOperators.GT, 0f));
      zero.blend(d, v.compare(VectorOperators.LT, 1f)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float v = y[yo + i];
      dx[dxo + i] = v > 0 && v < 1 ? dy[dyo + i] * alpha : 0;
    }
  }

  /** {@code y = x min(max(x / 6 + 1/2, 0), 1)}. */
  static void hardSwish(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      gate(v.div(6f).add(0.5f)).mul(v).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      float v = x[xo + i];
      y[yo + i] = gate(v / 6f + 0.5f) * v;
    }
  }

  /** {@code dx = 0} up to -3, {@code dy} from 3 on, {@code dy (x / 3 + 1/2)} between. */
  static void hardSwishGradient(
      int n, float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    FloatVector zero = FloatVector.zero(FLOATS);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i);
      FloatVector between = v.div(3f).add(0.5f).mul(d);
      d = d.blend(between, v.compare(VectorOperators.LT, 3f));
      zero.blend(d, v.compare(VectorOperators.GT, -3f)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float v = x[xo + i];
      float d = dy[dyo + i];
      dx[dxo + i] = v > -3 ? v < 3 ? (v / 3f + 0.5f) * d : d : 0;
    }
  }

  /** Cut off at 0 and 1; NaN stays. */
  private static FloatVector gate(FloatVector v) {
    FloatVector positive = v.blend(0f, v.compare(VectorOperators.LE, 0f));
    return positive.blend(1f, positive.compare(VectorOperators.GE, 1f));
  }

  private static float gate(float v) {
    float positive = v <= 0 ? 0 : v;
    return positive >= 1 ? 1 : positive;
  }
}
