package dev.graft.kernels.simd.elementwise;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The hyperbolic tangent, by the operations of {@link Exponential}: {@code tanh(x) = e / (e + 2)}
 * with {@code e = exp(2x) - 1 = 2^k (exp(r) - 1) + (2^k - 1)}, which keeps all digits of a small x.
 */
final class Tangent {

  /** tanh rounds to 1 from 9.01 on; of twice the argument. */
  private static final float HIGHEST = 20f;

  private Tangent() {}

  /** {@code y = tanh(x)}; y may be x at the same offset. */
  static void tanh(int n, float[] x, int xo, float[] y, int yo) {
    int i = 0;
    FloatVector round = FloatVector.broadcast(FLOATS, Exponential.ROUND);
    FloatVector high = FloatVector.broadcast(FLOATS, -Exponential.LN2_HIGH);
    FloatVector low = FloatVector.broadcast(FLOATS, -Exponential.LN2_LOW);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xo + i);
      v = v.add(v);
      v = v.blend(-HIGHEST, v.compare(VectorOperators.LT, -HIGHEST));
      v = v.blend(HIGHEST, v.compare(VectorOperators.GT, HIGHEST));
      FloatVector rounded = v.fma(FloatVector.broadcast(FLOATS, Exponential.LOG2_E), round);
      FloatVector k = rounded.sub(round);
      FloatVector r = k.fma(low, k.fma(high, v));
      FloatVector p = r.fma(Exponential.C5, Exponential.C4);
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C3));
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C2));
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C1));
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exponential.C0));
      p = p.fma(r.mul(r), r);
      IntVector whole = rounded.reinterpretAsInts().sub(Exponential.ROUND_BITS);
      FloatVector power = whole.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
      FloatVector e = power.fma(p, power.sub(1f));
      e.div(e.add(2f)).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = tanh(x[xo + i]);
    }
  }

  private static float tanh(float x) {
    float v = x + x;
    v = v < -HIGHEST ? -HIGHEST : v;
    v = v > HIGHEST ? HIGHEST : v;
    float rounded = Math.fma(v, Exponential.LOG2_E, Exponential.ROUND);
    float k = rounded - Exponential.ROUND;
    float r = Math.fma(k, -Exponential.LN2_LOW, Math.fma(k, -Exponential.LN2_HIGH, v));
    float p = Math.fma(Exponential.tail(r), r * r, r);
    int whole = Float.floatToRawIntBits(rounded) - Exponential.ROUND_BITS;
    float power = Exponential.powerOfTwo(whole);
    float e = Math.fma(power, p, power - 1f);
    return e / (e + 2f);
  }
}
