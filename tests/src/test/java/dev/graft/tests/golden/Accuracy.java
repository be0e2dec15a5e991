package dev.graft.tests.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.tensor.Tensor;

/**
 * How close to the exact answer a float32 backend must come. The rounding errors of a sum of n
 * terms of size s in fixed lanes grow like a random walk, {@code eps sqrt(n) s}. The few roundings
 * before and after (an exponential good to 2 ulp, a scale, a bias, a second sum over the first)
 * each add one {@code eps s}; eight cover them with room. Terms are of order 1 in all cases, and
 * where results are larger, of the size of the largest.
 */
final class Accuracy {

  private static final double EPSILON = Math.ulp(1f);
  private static final double ROUNDINGS = 8;

  private Accuracy() {}

  static void check(String what, float[] actual, Tensor expected, int terms) {
    float[] exact = expected.toArray();
    double scale = 1;
    for (float value : exact) {
      scale = Math.max(scale, Math.abs(value));
    }
    double tolerance = ROUNDINGS * EPSILON * Math.sqrt(terms) * scale;
    assertThat(actual).as(what).hasSameSizeAs(exact);
    for (int i = 0; i < exact.length; i++) {
      assertThat((double) actual[i])
          .as("%s, element %d", what, i)
          .isCloseTo(exact[i], within(tolerance));
    }
  }
}
