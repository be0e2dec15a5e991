package dev.graft.core.backend.plain;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.Workers;

/**
 * Optimizer steps in one pass over weights and moments.
 *
 * <p>Moments below {@link #TINY} in magnitude are multiplied by {@code |v| / TINY} and so reach
 * zero within a few steps: left alone, the moment of a weight whose gradient has died decays into
 * the denormal numbers, where arithmetic is up to 100 times slower and which the JVM cannot switch
 * off. Against a weight of any use, a step of that size is zero already. The product stands in for
 * a choice, which C2 of JDK 17 does not vectorise.
 */
final class JavaOptimizer {

  static final float TINY = 1e-30f;

  private JavaOptimizer() {}

  static void sgd(
      Workers workers,
      Scratch.Pool pool,
      int n,
      float rate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      HostBuffer g,
      HostBuffer v,
      HostBuffer w) {
    if (n <= JavaElementwise.CHUNK) {
      // Most parameters of a network are vectors.
      workers.expectOpen();
      Scratch scratch = pool.take();
      for (int from = 0; from < n; from += Scratch.TILE) {
        int width = Math.min(Scratch.TILE, n - from);
        sgdTile(rate, momentum, nesterov, weightDecay, g, v, w, from, width, scratch.tiles);
      }
      pool.give(scratch);
      return;
    }
    JavaElementwise.tiles(
        workers,
        pool,
        n,
        (from, width, rows) ->
            sgdTile(rate, momentum, nesterov, weightDecay, g, v, w, from, width, rows));
  }

  private static void sgdTile(
      float rate,
      float momentum,
      boolean nesterov,
      float weightDecay,
      HostBuffer g,
      HostBuffer v,
      HostBuffer w,
      int from,
      int width,
      float[][] rows) {
    float[] step = rows[0];
    float[] velocity = rows[1];
    float[] weight = rows[2];
    JavaElementwise.load(g, from, width, step);
    JavaElementwise.load(w, from, width, weight);
    Rows.add(step, weight, weightDecay, width);
    if (momentum != 0) {
      JavaElementwise.load(v, from, width, velocity);
      decay(velocity, step, momentum, width);
      JavaElementwise.store(velocity, v, from, width);
      if (nesterov) {
        Rows.add(step, velocity, momentum, width);
      } else {
        step = velocity;
      }
    }
    Rows.add(weight, step, -rate, width);
    JavaElementwise.store(weight, w, from, width);
  }

  /** {@code v = momentum v + g}, flushed. */
  private static void decay(float[] v, float[] g, float momentum, int n) {
    for (int j = 0; j < n; j++) {
      float next = Math.fma(momentum, v[j], g[j]);
      v[j] = next * Math.min(Math.abs(next) * (1 / TINY), 1f);
    }
  }

  /** The factors of one AdamW step, after bias correction. */
  record Adam(
      float keep,
      float beta1,
      float rest1,
      float beta2,
      float rest2,
      float step,
      float deviation,
      float epsilon) {

    static Adam of(
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

  static void adamW(
      Workers workers,
      Scratch.Pool pool,
      int n,
      Adam adam,
      HostBuffer g,
      HostBuffer m,
      HostBuffer v,
      HostBuffer w) {
    JavaElementwise.tiles(
        workers,
        pool,
        n,
        (from, width, rows) -> {
          JavaElementwise.load(g, from, width, rows[0]);
          JavaElementwise.load(m, from, width, rows[1]);
          JavaElementwise.load(v, from, width, rows[2]);
          JavaElementwise.load(w, from, width, rows[3]);
          average(rows[1], rows[0], adam.beta1, adam.rest1, width);
          JavaElementwise.multiply(rows[0], rows[0], width);
          average(rows[2], rows[0], adam.beta2, adam.rest2, width);
          descend(adam, rows[1], rows[2], rows[3], width);
          JavaElementwise.store(rows[1], m, from, width);
          JavaElementwise.store(rows[2], v, from, width);
          JavaElementwise.store(rows[3], w, from, width);
        });
  }

  /**
   * {@code m = beta m + rest g}, flushed. The caller takes {@code rest = 1 - beta} in double: the
   * rounding of 0.999 to float would be an error of 2e-5 in its difference from 1.
   */
  private static void average(float[] m, float[] g, float beta, float rest, int n) {
    for (int j = 0; j < n; j++) {
      float next = Math.fma(beta, m[j], rest * g[j]);
      m[j] = next * Math.min(Math.abs(next) * (1 / TINY), 1f);
    }
  }

  private static void descend(Adam adam, float[] m, float[] v, float[] w, int n) {
    float keep = adam.keep;
    float step = -adam.step;
    float deviation = adam.deviation;
    float epsilon = adam.epsilon;
    for (int j = 0; j < n; j++) {
      float scale = Math.fma((float) Math.sqrt(v[j]), deviation, epsilon);
      w[j] = Math.fma(step, m[j] / scale, w[j] * keep);
    }
  }
}
