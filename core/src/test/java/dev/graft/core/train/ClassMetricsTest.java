package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.metric.AreaUnderCurve;
import dev.graft.core.train.metric.BalancedAccuracy;
import dev.graft.core.train.metric.Confusion;
import dev.graft.core.train.metric.MacroF1;
import dev.graft.core.train.metric.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Metrics that treat rare and frequent classes alike. */
class ClassMetricsTest {

  private static double value(Metric metric, float[] logits, float... wanted) {
    double[] sums = new double[metric.sums()];
    int rows = wanted.length;
    Tensor z = Tensor.of(Shape.of(rows, logits.length / rows), logits);
    metric.add(z, Tensor.of(Shape.of(rows), wanted), sums);
    return metric.value(sums);
  }

  @Test
  void balancedAndMacroF1_areThoseOfTheConfusion() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    float[] logits = new float[60 * 4];
    float[] wanted = new float[60];
    List<Integer> truth = new ArrayList<>();
    List<Integer> said = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      // Class 3 never occurs, but may be said.
      wanted[i] = random.nextInt(3);
      int best = 0;
      for (int k = 0; k < 4; k++) {
        logits[4 * i + k] = random.nextFloat();
        best = logits[4 * i + k] > logits[4 * i + best] ? k : best;
      }
      truth.add((int) wanted[i]);
      said.add(best);
    }
    Confusion confusion = Confusion.of(List.of("a", "b", "c", "d"), truth, said);
    assertThat(value(new BalancedAccuracy(4), logits, wanted))
        .as("seed %d", seed)
        .isCloseTo(confusion.balancedAccuracy(), within(1e-12));
    assertThat(value(new MacroF1(4), logits, wanted))
        .as("seed %d", seed)
        .isCloseTo(confusion.macroF1(), within(1e-12));
  }

  @Test
  void auc_isTheShareOfPairsInTheRightOrder() {
    // Scores of class 1: 0.5, 1, 2 where it is not; 1.5, 3 where it is: 5 of 6 pairs.
    float[] logits = {0, 0.5f, 0, 1, 0, 2, 0, 1.5f, 0, 3};
    double auc = value(new AreaUnderCurve(2), logits, 0, 0, 0, 1, 1);
    assertThat(auc).isCloseTo(5 / 6.0, within(1e-12));
    assertThat(value(new AreaUnderCurve(2), new float[] {0, 1, 0, 1}, 0, 1)).isEqualTo(0.5);
    assertThat(value(new AreaUnderCurve(2), new float[] {0, 1, 0, 1}, 1, 1)).isNaN();
    assertThat(value(new AreaUnderCurve(3), new float[] {0, 900, -900, 900, 0, 0}, 1, 0))
        .isEqualTo(1);
  }
}
