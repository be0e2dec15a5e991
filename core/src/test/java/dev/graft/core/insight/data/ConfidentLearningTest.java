package dev.graft.core.insight.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.insight.data.ConfidentLearning.Doubt;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The confident joint, counted by hand. */
class ConfidentLearningTest {

  @Test
  void whatIsSaidWithConfidence_andIsNotTheLabel_isDoubtful_theWorstFirst() {
    double[][] said = {
      {0.9, 0.1},
      {0.8, 0.2},
      {0.1, 0.9}, // labelled 0: the threshold is 0.6
      {0.2, 0.8},
      {0.3, 0.7},
      {0.45, 0.55},
      {0.9, 0.1},
      {0.55, 0.45} // labelled 1: it is 0.52
    };
    int[] labels = {0, 0, 0, 1, 1, 1, 1, 1};
    List<Doubt> doubts = ConfidentLearning.doubts(said, labels);
    // The last one is taken for 0 with less than 0.6, which is not confident.
    assertThat(doubts).extracting(Doubt::example).containsExactly(2, 6);
    assertThat(doubts).extracting(Doubt::suggested).containsExactly(1, 0);
    assertThat(doubts.get(0).confidence()).isEqualTo(0.9);
    assertThat(doubts.get(0).margin()).isEqualTo(0.1 - 0.9);
  }

  @Test
  void aClassThatNoLabelNames_isNeverSuggested() {
    double[][] said = {{0.1, 0.2, 0.7}, {0.2, 0.1, 0.7}};
    assertThat(ConfidentLearning.doubts(said, new int[] {0, 1}))
        .extracting(Doubt::suggested)
        .containsExactly(1, 0);
    assertThat(ConfidentLearning.doubts(new double[0][], new int[0])).isEmpty();
  }
}
