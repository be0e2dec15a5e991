package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The update rules on one number, computed by hand; golden data hold them on many. */
class OptimizerTest {

  /** Numbers below are exact in binary or off by one rounding of a float near one. */
  private static final double ROUNDING = 2 * Math.ulp(1f);

  /** The weight after each of the given gradients, from a weight of 1. */
  private static List<Double> path(
      String backendName, Optimizer optimizer, double rate, double decay, float... gradients) {
    List<Double> path = new ArrayList<>();
    try (Backend backend = Backends.byName(backendName, 1)) {
      Tensor weight = Tensor.of(Shape.of(1), 1).upload(backend);
      for (float gradient : gradients) {
        optimizer.nextStep();
        Tensor g = Tensor.of(Shape.of(1), gradient).upload(backend);
        optimizer.update(backend, "w", weight, g, rate, decay);
        assertThat(g.download(backend)).containsExactly(gradient);
        path.add((double) weight.download(backend)[0]);
      }
    }
    return path;
  }

  private static void expect(List<Double> path, double... values) {
    assertThat(path).hasSize(values.length);
    for (int i = 0; i < values.length; i++) {
      assertThat(path.get(i)).as("step %d", i + 1).isCloseTo(values[i], within(ROUNDING));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void sgd_followsItsFormula(String backend) {
    expect(path(backend, new Sgd(0, false), 0.5, 0, 1, -0.5f), 0.5, 0.75);
    // v = 0.5 v + g: 1, then 0.5; w -= 0.25 v.
    expect(path(backend, new Sgd(0.5, false), 0.25, 0, 1, 0), 0.75, 0.625);
    // Nesterov steps by g + 0.5 v: 1.5, then 0 + 0.25.
    expect(path(backend, new Sgd(0.5, true), 0.25, 0, 1, 0), 0.625, 0.5625);
    // L2: g + 0.5 w is 0.5, then 0.375.
    expect(path(backend, new Sgd(0, false), 0.5, 0.5, 0, 0), 0.75, 0.5625);
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "reference"})
  void adamW_stepsByTheRateAtFirst_whateverTheGradientsSize(String backend) {
    // Bias-corrected moments of one gradient g are g and g^2.
    expect(path(backend, new AdamW(), 0.125, 0, 1000), 0.875);
    expect(path(backend, new AdamW(), 0.125, 0, -0.25f), 1.125);
    // Decay is decoupled: w (1 - rate decay) first.
    expect(path(backend, new AdamW(), 0.125, 0.5, 1000), 1 - 0.0625 - 0.125);
  }

  @Test
  void parameters_keepTheirOwnState() {
    try (Backend backend = Backends.byName("java", 1)) {
      Sgd sgd = new Sgd(0.5, false);
      Tensor one = Tensor.of(Shape.of(2), 1, 1).upload(backend);
      Tensor other = Tensor.of(Shape.of(3), 1, 1, 1).upload(backend);
      Tensor gradients = Tensor.of(Shape.of(2), 1, 1).upload(backend);
      sgd.update(backend, "one", one, gradients, 1, 0);
      sgd.update(backend, "other", other, Tensor.zeros(Shape.of(3)).upload(backend), 1, 0);
      assertThat(other.download(backend)).containsOnly(1);
      assertThat(one.download(backend)).containsOnly(0);
    }
  }

  @Test
  void numbersOutOfRange_areRefusedWithWhatWasFound() {
    for (double momentum : new double[] {-0.1, 1, Double.NaN}) {
      assertThatThrownBy(() -> new Sgd(momentum, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("" + momentum);
    }
    assertThatThrownBy(() -> new AdamW(1, 0.9, 1e-8)).hasMessageContaining("betas");
    assertThatThrownBy(() -> new AdamW(0.9, -1, 1e-8)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new AdamW(0.9, 0.9, 0)).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new AdamW(0.9, Double.NaN, 1)).hasMessageContaining("NaN");
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new ParamGroup(List.of(), bad, 0)).hasMessageContaining("" + bad);
      assertThatThrownBy(() -> new ParamGroup(List.of(), 0, bad)).hasMessageContaining("" + bad);
    }
    for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> phase(rate, 1)).hasMessageContaining("learning rate");
    }
    assertThatThrownBy(() -> phase(1, 0)).hasMessageContaining("epoch");
  }

  private static Phase phase(double rate, int epochs) {
    return new Phase("p", List.of(), new Sgd(0, false), rate, Schedule.constant(), epochs, null);
  }

  @Test
  void groupsWithAFactorOfZero_areNotTrainable() {
    Phase phase =
        new Phase(
            "p",
            List.of(new ParamGroup(List.of("a"), 0, 0), new ParamGroup(List.of("b"), 2, 0)),
            new Sgd(0, false),
            1,
            Schedule.constant(),
            1,
            null);
    assertThat(phase.trainable()).isEqualTo(Set.of("b"));
  }
}
