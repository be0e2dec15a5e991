package dev.graft.kernels.simd.optimizer;

import static dev.graft.kernels.simd.vector.Lanes.COUNT;
import static dev.graft.kernels.simd.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Optimizer steps in one pass over weights and moments.
 *
 * <p>Moments below {@link #TINY} in magnitude are multiplied by {@code |v| / TINY} and so reach
 * zero within a few steps: left alone, the moment of a weight whose gradient has died decays into
 * the denormal numbers, where arithmetic is up to 100 times slower and which the JVM cannot switch
 * off. Against a weight of any use, a step of that size is zero already.
 */
public final class OptimizerKernels {

  private static final float TINY = 1e-30f;

  private OptimizerKernels() {}

  /** {@code w -= rate (g + decay w)}. */
  static void sgd(int n, float rate, float decay, float[] g, int go, float[] w, int wo) {
    int i = 0;
    FloatVector down = FloatVector.broadcast(FLOATS, -rate);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector weight = FloatVector.fromArray(FLOATS, w, wo + i);
      FloatVector step = weight.fma(broadcast(decay), FloatVector.fromArray(FLOATS, g, go + i));
      step.fma(down, weight).intoArray(w, wo + i);
    }
    for (; i < n; i++) {
      float weight = w[wo + i];
      w[wo + i] = Math.fma(Math.fma(weight, decay, g[go + i]), -rate, weight);
    }
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(FLOATS, value);
  }

  /** {@code v = momentum v + g + decay w; w -= rate v}. */
  static void momentum(
      int n,
      float rate,
      float momentum,
      float decay,
      float[] g,
      int go,
      float[] v,
      int vo,
      float[] w,
      int wo) {
    int i = 0;
    FloatVector down = FloatVector.broadcast(FLOATS, -rate);
    FloatVector keep = FloatVector.broadcast(FLOATS, momentum);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector weight = FloatVector.fromArray(FLOATS, w, wo + i);
      FloatVector step = weight.fma(broadcast(decay), FloatVector.fromArray(FLOATS, g, go + i));
      FloatVector next = FloatVector.fromArray(FLOATS, v, vo + i).fma(keep, step);
      FloatVector share = next.lanewise(VectorOperators.ABS).mul(1 / TINY);
      next = next.mul(share.blend(1f, share.compare(VectorOperators.GE, 1f)));
      next.intoArray(v, vo + i);
      next.fma(down, weight).intoArray(w, wo + i);
    }
    for (; i < n; i++) {
      float weight = w[wo + i];
      float next = flushed(Math.fma(v[vo + i], momentum, Math.fma(weight, decay, g[go + i])));
      v[vo + i] = next;
      w[wo + i] = Math.fma(next, -rate, weight);
    }
  }

  /** {@code v = momentum v + g + decay w; w -= rate (g + decay w + momentum v)}. */
  static void nesterov(
      int n,
      float rate,
      float momentum,
      float decay,
      float[] g,
      int go,
      float[] v,
      int vo,
      float[] w,
      int wo) {
    int i = 0;
    FloatVector down = FloatVector.broadcast(FLOATS, -rate);
    FloatVector keep = FloatVector.broadcast(FLOATS, momentum);
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector weight = FloatVector.fromArray(FLOATS, w, wo + i);
      FloatVector step = weight.fma(broadcast(decay), FloatVector.fromArray(FLOATS, g, go + i));
      FloatVector next = FloatVector.fromArray(FLOATS, v, vo + i).fma(keep, step);
      FloatVector share = next.lanewise(VectorOperators.ABS).mul(1 / TINY);
      next = next.mul(share.blend(1f, share.compare(VectorOperators.GE, 1f)));
      next.intoArray(v, vo + i);
      next.fma(keep, step).fma(down, weight).intoArray(w, wo + i);
    }
    for (; i < n; i++) {
      float weight = w[wo + i];
      float step = Math.fma(weight, decay, g[go + i]);
      float next = flushed(Math.fma(v[vo + i], momentum, step));
      v[vo + i] = next;
      w[wo + i] = Math.fma(Math.fma(next, momentum, step), -rate, weight);
    }
  }

  private static float flushed(float moment) {
    float share = Math.abs(moment) * (1 / TINY);
    return moment * (share >= 1f ? 1f : share);
  }

  /** The factors of one AdamW step, after bias correction. */
  public record Adam(
      float keep,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float step,
      float deviation,
      float epsilon) {

    /** {@code rest = 1 - beta} in double: 0.999 as a float is 2e-5 of its distance to 1 away. */
    public static Adam of(
        double rate, double beta1, double beta2, double epsilon, double weightDecay, int step) {
      // StrictMath: Math.pow may be an intrinsic with other last bits than the interpreter's.
      double first = 1 - StrictMath.pow(beta1, step);
      double second = 1 - StrictMath.pow(beta2, step);
      return new Adam(
          (float) (1 - rate * weightDecay),
          (float) beta1,
          (float) (1 - beta1),
          (float) beta2,
          (float) (1 - beta2),
          (float) (rate / first),
          (float) (1 / Math.sqrt(second)),
          (float) epsilon);
    }
  }

  /**
   * {@code m = beta1 m + rest1 g; v = beta2 v + rest2 g^2; w = keep w - step m / (deviation sqrt(v)
   * + epsilon)}.
   */
  static void adamW(
      int n,
      Adam adam,
      float[] g,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo,
      float[] w,
      int wo) {
    FloatVector rest1 = FloatVector.broadcast(FLOATS, adam.rest1);
    FloatVector rest2 = FloatVector.broadcast(FLOATS, adam.rest2);
    FloatVector beta1 = FloatVector.broadcast(FLOATS, adam.beta1);
    FloatVector beta2 = FloatVector.broadcast(FLOATS, adam.beta2);
    FloatVector down = FloatVector.broadcast(FLOATS, -adam.step);
    float keep = adam.keep;
    float deviation = adam.deviation;
    float epsilon = adam.epsilon;
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += COUNT) {
      FloatVector gradient = FloatVector.fromArray(FLOATS, g, go + i);
      FloatVector first = FloatVector.fromArray(FLOATS, m, mo + i);
      first = first.fma(beta1, gradient.mul(rest1));
      FloatVector share = first.lanewise(VectorOperators.ABS).mul(1 / TINY);
      first = first.mul(share.blend(1f, share.compare(VectorOperators.GE, 1f)));
      first.intoArray(m, mo + i);
      FloatVector second = FloatVector.fromArray(FLOATS, v, vo + i);
      second = second.fma(beta2, gradient.mul(gradient).mul(rest2));
      share = second.lanewise(VectorOperators.ABS).mul(1 / TINY);
      second = second.mul(share.blend(1f, share.compare(VectorOperators.GE, 1f)));
      second.intoArray(v, vo + i);
      FloatVector scale = second.lanewise(VectorOperators.SQRT).fma(deviation, epsilon);
      FloatVector weight = FloatVector.fromArray(FLOATS, w, wo + i).mul(keep);
      first.div(scale).fma(down, weight).intoArray(w, wo + i);
    }
    for (; i < n; i++) {
      float gradient = g[go + i];
      float first = flushed(Math.fma(m[mo + i], adam.beta1, gradient * adam.rest1));
      float second = flushed(Math.fma(v[vo + i], adam.beta2, gradient * gradient * adam.rest2));
      m[mo + i] = first;
      v[vo + i] = second;
      float scale = Math.fma((float) Math.sqrt(second), deviation, epsilon);
      w[wo + i] = Math.fma(first / scale, -adam.step, w[wo + i] * keep);
    }
  }
}
