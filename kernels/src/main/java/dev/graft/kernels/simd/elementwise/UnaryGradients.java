package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Gradients of functions of one operand: {@code dx = dy f'(s)}; dx may be dy at its offset. */
final class UnaryGradients {

  private UnaryGradients() {}

  static void relu(int n, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    FloatVector zero = FloatVector.zero(FLOATS);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, s, so + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i);
      zero.blend(d, v.compare(VectorOperators.GT, 0f)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      dx[dxo + i] = s[so + i] > 0 ? dy[dyo + i] : 0;
    }
  }

  static void leakyRelu(
      int n, float alpha, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, s, so + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i);
      d.mul(alpha).blend(d, v.compare(VectorOperators.GT, 0f)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      dx[dxo + i] = s[so + i] > 0 ? dy[dyo + i] : dy[dyo + i] * alpha;
    }
  }

  static void clip(
      int n, float low, float high, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    FloatVector zero = FloatVector.zero(FLOATS);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, s, so + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i);
      d = zero.blend(d, v.compare(VectorOperators.GT, low));
      zero.blend(d, v.compare(VectorOperators.LT, high)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float v = s[so + i];
      dx[dxo + i] = v > low && v < high ? dy[dyo + i] : 0;
    }
  }

  static void sigmoid(int n, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, s, so + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i);
      d.mul(v.mul(one.sub(v))).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float v = s[so + i];
      dx[dxo + i] = dy[dyo + i] * (v * (1f - v));
    }
  }

  static void tanh(int n, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    FloatVector one = FloatVector.broadcast(FLOATS, 1f);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, s, so + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i);
      d.mul(one.sub(v.mul(v))).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float v = s[so + i];
      dx[dxo + i] = dy[dyo + i] * (1f - v * v);
    }
  }

  static void rsqrt(int n, float[] s, int so, float[] dy, int dyo, float[] dx, int dxo) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, s, so + i);
      FloatVector d = FloatVector.fromArray(FLOATS, dy, dyo + i);
      d.mul(v.mul(-0.5f).mul(v).mul(v)).intoArray(dx, dxo + i);
    }
    for (; i < n; i++) {
      float v = s[so + i];
      dx[dxo + i] = dy[dyo + i] * (v * -0.5f * v * v);
    }
  }
}
