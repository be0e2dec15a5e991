package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.train.metric.CalibrationError;
import dev.graft.core.train.metric.Confusion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Measures of a finished model, by hand and as scikit-learn computes them. */
class EvaluationMeasuresTest {

  private static final List<String> NAMES = List.of("cat", "cow", "dog", "fox");

  /** Nothing is a cow, nothing was said to be one. */
  private final Confusion confusion =
      Confusion.of(NAMES, List.of(0, 0, 0, 2, 2, 3), List.of(0, 0, 2, 2, 0, 2));

  @Test
  void classesThatOccur_areCounted() {
    assertThat(confusion.classes()).containsExactly("cat", "dog", "fox");
    assertThat(confusion.counts())
        .containsExactly(List.of(2, 1, 0), List.of(1, 1, 0), List.of(0, 1, 0));
    assertThat(confusion.examples()).isEqualTo(6);
  }

  @Test
  void precisionRecallAndF1_areThoseOfTheDefinition() {
    assertThat(confusion.accuracy()).isEqualTo(3 / 6.0);
    assertThat(confusion.precision(0)).isEqualTo(2 / 3.0);
    assertThat(confusion.recall(0)).isEqualTo(2 / 3.0);
    assertThat(confusion.precision(1)).isEqualTo(1 / 3.0);
    assertThat(confusion.recall(1)).isEqualTo(1 / 2.0);
    assertThat(confusion.f1(1)).isCloseTo(2 / (3 + 2.0), within(1e-15));
    // Never said, never found.
    assertThat(confusion.precision(2)).isZero();
    assertThat(confusion.f1(2)).isZero();
    assertThat(confusion.macroF1()).isCloseTo((2 / 3.0 + 0.4 + 0) / 3, within(1e-15));
    assertThat(confusion.balancedAccuracy()).isCloseTo((2 / 3.0 + 0.5 + 0) / 3, within(1e-15));
  }

  @Test
  void aClassThatIsOnlySaid_hasNoRecallToBalance() {
    Confusion said = Confusion.of(NAMES, List.of(0, 0), List.of(0, 1));
    assertThat(said.balancedAccuracy()).isEqualTo(0.5);
    assertThat(said.macroF1()).isCloseTo((2 / 3.0) / 2, within(1e-15));
  }

  @Test
  void calibrationError_isTheMeanGapOfTheBins() {
    CalibrationError error = new CalibrationError();
    assertThat(error.value()).isNaN();
    // One bin: 90 % said of four, of which two are right.
    for (int i = 0; i < 4; i++) {
      error.add(0.9, i < 2);
    }
    assertThat(error.value()).isCloseTo(0.4, within(1e-12));
    // Another bin, right as often as said: it halves the mean.
    for (int i = 0; i < 4; i++) {
      error.add(0.25, i < 1);
    }
    assertThat(error.value()).isCloseTo(0.2, within(1e-12));
  }

  @Test
  void theEndsOfConfidence_haveBins() {
    CalibrationError error = new CalibrationError();
    error.add(1, true);
    error.add(0, false);
    assertThat(error.value()).isZero();
  }
}
