package dev.graft.core.transfer.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** When of two heads the pictures that validate cannot tell which is better. */
class HeadTrialTest {

  @Test
  void theMarginIsInStandardErrorsOfThePairedDifference() {
    // Differences -1, 0, 1, 2: mean 0.5, deviation sqrt(5/3), standard error 0.6455.
    List<Double> losses = List.of(1.0, 2.0, 3.0, 4.0);
    List<Double> others = List.of(0.0, 2.0, 4.0, 6.0);
    assertThat(HeadTrial.isWithin(losses, others, 0.77)).isFalse();
    assertThat(HeadTrial.isWithin(losses, others, 0.78)).isTrue();
    assertThat(HeadTrial.isWithin(others, losses, 0)).isTrue();
  }

  @Test
  void aDifferenceThatIsTheSameEverywhere_isNoLuck() {
    assertThat(HeadTrial.isWithin(List.of(1.0, 2.0, 3.0), List.of(1.5, 2.5, 3.5), 1)).isFalse();
  }

  @Test
  void fromOneExampleNothingIsTold() {
    assertThat(HeadTrial.isWithin(List.of(1.0), List.of(0.5), 1)).isFalse();
    assertThat(HeadTrial.isWithin(List.of(1.0, 1.0), List.of(1.0), 1)).isFalse();
  }
}
