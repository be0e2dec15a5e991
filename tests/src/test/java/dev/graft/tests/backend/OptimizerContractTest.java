package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import java.util.Arrays;

/** One step of each optimizer. */
class OptimizerContractTest {

  private static final int[] LENGTHS = {0, 1, 2, 7, 8, 15, 16, 17, 33, 65, 257, Sizes.LONG};

  @EachBackend
  void sgd_byHand(Backend backend) {
    Comparison c = new Comparison(backend, "sgd by hand");
    Operand g = c.input(1);
    Operand v = c.updated(4);
    Operand w = c.updated(2);
    c.run(b -> b.sgd(1, 0.25, 0.5, false, 0.5, g.on(b), v.on(b), w.on(b)));
    // g' = 1 + 0.5 * 2 = 2; v = 0.5 * 4 + 2 = 4; w = 2 - 0.25 * 4.
    assertThat(v.actual()).containsExactly(4);
    assertThat(w.actual()).containsExactly(1);
    c.run(b -> b.sgd(1, 0.25, 0.5, true, 0, g.on(b), v.on(b), w.on(b)));
    // v = 0.5 * 4 + 1 = 3; w = 1 - 0.25 * (1 + 0.5 * 3).
    assertThat(v.actual()).containsExactly(3);
    assertThat(w.actual()).containsExactly(0.375f);
  }

  @EachBackend
  void sgd_ofAllLengthsAndSettings(Backend backend) {
    for (int n : LENGTHS) {
      for (double momentum : new double[] {0, 0.9}) {
        for (double decay : new double[] {0, 0.01}) {
          for (boolean nesterov : new boolean[] {false, true}) {
            String name = "sgd " + n + " " + momentum + " " + decay + " " + nesterov;
            Comparison c = new Comparison(backend, name);
            Operand g = c.random(n);
            Operand v = c.updated(c.draw(n, -1, 1));
            Operand w = c.updated(c.draw(n, -1, 1));
            c.run(
                b -> {
                  double rate = c.subtracted(b, 0.1);
                  b.sgd(n, rate, momentum, nesterov, decay, g.on(b), v.on(b), w.on(b));
                });
            // v: two coefficients, two products, two sums. w: three coefficients and products more.
            c.isSum(v, 6);
            c.isSum(w, 12);
          }
        }
      }
    }
  }

  @EachBackend
  void sgd_withoutMomentum_leavesTheVelocityAlone(Backend backend) {
    Comparison c = new Comparison(backend, "sgd without momentum");
    float[] nan = new float[65];
    Arrays.fill(nan, Float.NaN);
    Operand g = c.random(65);
    Operand v = c.input(nan);
    Operand none = c.input();
    Operand w = c.updated(c.draw(65, -1, 1));
    for (boolean nesterov : new boolean[] {false, true}) {
      c.run(b -> b.sgd(65, c.subtracted(b, 0.5), 0, nesterov, 0, g.on(b), v.on(b), w.on(b)));
      c.run(b -> b.sgd(65, c.subtracted(b, 0.5), 0, nesterov, 0, g.on(b), none.on(b), w.on(b)));
    }
    // Four steps of a product and a sum.
    c.isSum(w, 8);
  }

  @EachBackend
  void adamW_byHand(Backend backend) {
    Comparison c = new Comparison(backend, "adamW by hand");
    Operand g = c.input(4, -4);
    Operand m = c.updated(0, 0);
    Operand v = c.updated(0, 0);
    Operand w = c.updated(1, 1);
    c.run(b -> b.adamW(2, 0.25, 0.5, 0.75, 0, 0.5, 1, g.on(b), m.on(b), v.on(b), w.on(b)));
    // The first step corrects m to g and v to g^2: w = 1 - 0.25 * 0.5 * 1 - 0.25 * sign(g).
    assertThat(m.actual()).containsExactly(2, -2);
    assertThat(v.actual()).containsExactly(4, 4);
    assertThat(w.actual()).containsExactly(0.625f, 1.125f);
  }

  @EachBackend
  void adamW_ofAllLengthsAndSteps(Backend backend) {
    for (int n : LENGTHS) {
      for (int step : new int[] {1, 2, 10, 1000, 1_000_000}) {
        for (double decay : new double[] {0, 0.01}) {
          Comparison c = new Comparison(backend, "adamW " + n + " step " + step + " " + decay);
          Operand g = c.random(n);
          Operand m = c.updated(c.draw(n, -1, 1));
          Operand v = c.updated(c.draw(n, 0, 1));
          Operand w = c.updated(c.draw(n, -1, 1));
          c.run(
              b ->
                  b.adamW(
                      n,
                      c.subtracted(b, 1e-3),
                      0.9,
                      0.999,
                      1e-8,
                      decay,
                      step,
                      g.on(b),
                      m.on(b),
                      v.on(b),
                      w.on(b)));
          // A coefficient, one or two products, a sum. 1 - 0.999 has to be taken in double: in
          // float alone it is off by 200 roundings.
          c.isSum(m, 4);
          c.isSum(v, 5);
          // With |m| in place of m and the same v, the magnitudes bound the step; beside those of m
          // and v, a root, a sum, two divisions or their coefficients, two products, a difference.
          c.isSum(w, 20);
        }
      }
    }
  }

  @EachBackend
  void adamW_ofZeroGradients_standsStill(Backend backend) {
    Comparison c = new Comparison(backend, "adamW at rest");
    Operand g = c.input(new float[33]);
    Operand m = c.updated(new float[33]);
    Operand v = c.updated(new float[33]);
    float[] weights = c.draw(33, -1, 1);
    Operand w = c.updated(weights);
    c.run(b -> b.adamW(33, 0.1, 0.9, 0.999, 1e-8, 0, 1, g.on(b), m.on(b), v.on(b), w.on(b)));
    assertThat(w.actual()).isEqualTo(weights);
  }

  @EachBackend
  void nan_spoilsItsWeightOnly(Backend backend) {
    Comparison c = new Comparison(backend, "steps with NaN");
    float[] gradient = c.draw(37, -1, 1);
    gradient[5] = Float.NaN;
    gradient[36] = Float.NaN;
    Operand g = c.input(gradient);
    Operand m = c.updated(new float[37]);
    Operand v = c.updated(new float[37]);
    Operand w = c.updated(c.draw(37, -1, 1));
    Operand u = c.updated(c.draw(37, -1, 1));
    c.run(b -> b.adamW(37, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1, g.on(b), m.on(b), v.on(b), w.on(b)));
    c.run(b -> b.sgd(37, 0.1, 0.9, true, 0.01, g.on(b), m.on(b), u.on(b)));
    for (Operand each : new Operand[] {w, u}) {
      float[] weights = each.actual();
      for (int i = 0; i < 37; i++) {
        assertThat(Float.isNaN(weights[i])).isEqualTo(i == 5 || i == 36);
      }
    }
  }
}
