package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest {

  private static final double EXACT = 1e-12;

  @Test
  void cosine_fallsFromOneTowardsZero() {
    Schedule cosine = Schedule.cosine();
    assertThat(cosine.factor(0, 10)).isEqualTo(1);
    assertThat(cosine.factor(5, 10)).isCloseTo(0.5, within(EXACT));
    assertThat(cosine.factor(9, 10)).isBetween(0.0, 0.03);
  }

  @Test
  void warmUp_risesLinearly_thenTheScheduleBegins() {
    Schedule warm = Schedule.constant().withWarmUp(4);
    assertThat(warm.factor(0, 20)).isCloseTo(0.2, within(EXACT));
    assertThat(warm.factor(3, 20)).isCloseTo(0.8, within(EXACT));
    assertThat(warm.factor(4, 20)).isEqualTo(1);
    assertThat(Schedule.cosine().withWarmUp(4).factor(4, 20)).isEqualTo(1);
  }

  @Test
  void warmUp_neverTakesTheWholePhase() {
    assertThat(Schedule.constant().withWarmUp(100).factor(2, 3)).isEqualTo(1);
    assertThat(Schedule.constant().withWarmUp(1).factor(0, 1)).isEqualTo(1);
  }

  /** The factors that PyTorch's OneCycleLR has over ten steps, with its defaults. */
  @Test
  void oneCycle_isThatOfPyTorch() {
    Schedule cycle = Schedule.oneCycle();
    assertThat(cycle.factor(0, 10)).isCloseTo(1 / 25.0, within(EXACT));
    assertThat(cycle.factor(1, 10)).isCloseTo(0.52, within(EXACT));
    assertThat(cycle.factor(2, 10)).isCloseTo(1, within(EXACT));
    assertThat(cycle.factor(9, 10)).isCloseTo(4e-6, within(EXACT));
    double half = (1 + Math.cos(Math.PI * 3 / 7)) / 2;
    assertThat(cycle.factor(5, 10)).isCloseTo(4e-6 + (1 - 4e-6) * half, within(EXACT));
    assertThat(cycle.factor(0, 1)).isPositive().isLessThanOrEqualTo(1);
  }

  @Test
  void cosineRestarts_beginAgain_eachTwiceAsLong() {
    Schedule restarts = Schedule.cosineRestarts(3);
    assertThat(restarts.factor(0, 70)).isEqualTo(1);
    assertThat(restarts.factor(5, 70)).isCloseTo(0.5, within(EXACT));
    assertThat(restarts.factor(9, 70)).isLessThan(0.03);
    assertThat(restarts.factor(10, 70)).isCloseTo(1, within(EXACT));
    assertThat(restarts.factor(20, 70)).isCloseTo(0.5, within(EXACT));
    assertThat(restarts.factor(30, 70)).isCloseTo(1, within(EXACT));
    assertThat(restarts.factor(50, 70)).isCloseTo(0.5, within(EXACT));
    assertThat(restarts.factor(69, 70)).isLessThan(0.01);
    // Cycles that begin between two steps.
    for (int step = 0; step < 10; step++) {
      assertThat(restarts.factor(step, 10)).isBetween(0.0, 1.0);
    }
    assertThat(Schedule.cosineRestarts(1).factor(3, 10)).isEqualTo(Schedule.cosine().factor(3, 10));
    assertThatThrownBy(() -> Schedule.cosineRestarts(0)).hasMessageContaining("found 0");
  }

  @Test
  void plateau_lowersTheRateEachTimeThatNothingImproves() {
    Schedule plateau = new Plateau(0.1, 2);
    List<Double> losses = List.of(1.0, 0.5, 0.6, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4);
    double[] factors = {1, 1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01, 0.001};
    for (int epochs = 0; epochs < factors.length; epochs++) {
      assertThat(plateau.factor(epochs, 10, losses.subList(0, epochs)))
          .as("behind %d epochs", epochs)
          .isCloseTo(factors[epochs], within(EXACT));
    }
    assertThat(plateau.withWarmUp(2).factor(5, 10, losses.subList(0, 4)))
        .isCloseTo(0.1, within(EXACT));
    assertThatThrownBy(() -> new Plateau(1, 0)).hasMessageContaining("found 1.0 and 0");
  }

  @Test
  void earlyStopping_waitsForItsPatience() {
    EarlyStopping.Watch watch = new EarlyStopping(2, 0).watch(List.of());
    assertThat(watch.stopAfter(1.0)).isFalse();
    assertThat(watch.stopAfter(1.0)).isFalse();
    assertThat(watch.stopAfter(0.9)).isFalse();
    assertThat(watch.stopAfter(0.95)).isFalse();
    assertThat(watch.stopAfter(0.91)).isTrue();
  }

  @Test
  void settingsOutOfRange_areRefused() {
    assertThatThrownBy(() -> new EarlyStopping(0, 0)).hasMessageContaining("patience");
    assertThatThrownBy(() -> new Sgd(1, false)).hasMessageContaining("momentum");
    assertThatThrownBy(() -> new AdamW(0.9, 1, 1e-8)).hasMessageContaining("betas");
    assertThatThrownBy(() -> new ParamGroup(List.of(), -1, 0)).hasMessageContaining("-1");
  }
}
