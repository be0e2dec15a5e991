package dev.graft.core.transfer.average;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.GradientTransform;
import dev.graft.core.train.StepGradients;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is gathered while a phase trains, against the same sums in double precision. */
class WeightAverageTest extends FineTuneFixture {

  private static final String PARAMETER = "second.weight";

  /** The parameter behind every update, and what the average has gathered of it by then. */
  private final List<float[]> passed = new ArrayList<>();

  private final List<float[]> gathered = new ArrayList<>();

  /** Stands behind the average, and sees what it has made of each step. */
  private GradientTransform witness(WeightAverage average) {
    return new GradientTransform() {
      @Override
      public boolean apply(StepGradients gradients) {
        return true;
      }

      @Override
      public void updated(StepGradients gradients, Variables variables) {
        Tensor weight = gradients.weight(PARAMETER);
        passed.add(weight.download(backend).clone());
        String slot = average.name() + "/" + PARAMETER;
        gathered.add(gradients.slot(slot, weight.shape()).download(backend).clone());
      }
    };
  }

  private void train(WeightAverage average) {
    FineTune.run(
        Toy.plain(),
        Toy.data(),
        settings(Recipe.FULL, 4).rate(0.05).transform(average).transform(witness(average)));
    assertThat(passed).hasSize(20);
  }

  /** Each step rounds a product and a sum of numbers no larger than the largest weight. */
  private void expect(int step, double[] expected) {
    double largest = 0;
    for (float[] weights : passed) {
      for (float w : weights) {
        largest = Math.max(largest, Math.abs(w));
      }
    }
    float[] found = gathered.get(step);
    for (int i = 0; i < found.length; i++) {
      assertThat(Math.abs(found[i] - expected[i]))
          .as("step %d, element %d", step, i)
          .isLessThan((step + 1) * 2 * Math.ulp((float) largest));
    }
  }

  @Test
  void ema_isTheRecursionFromTheFirstUpdateOn() {
    train(new Ema(0.8));
    double[] mean = null;
    for (int step = 0; step < passed.size(); step++) {
      float[] w = passed.get(step);
      if (mean == null) {
        mean = new double[w.length];
        for (int i = 0; i < w.length; i++) {
          mean[i] = w[i];
        }
      } else {
        for (int i = 0; i < w.length; i++) {
          mean[i] = 0.8 * mean[i] + 0.2 * w[i];
        }
      }
      expect(step, mean);
    }
  }

  @Test
  void swa_isTheMeanOfTheEndsOfPeriodsBehindTheStart() {
    train(new Swa(6, 3));
    for (int step = 0; step < 8; step++) {
      expect(step, new double[passed.get(0).length]);
    }
    // Behind updates 9, 12, 15 and 18.
    double[] mean = new double[passed.get(0).length];
    for (int update : new int[] {9, 12, 15, 18}) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += passed.get(update - 1)[i] / 4.0;
      }
    }
    expect(17, mean);
    expect(19, mean);
  }

  @Test
  void phaseStart_keepsEveryBitOfTheStart() {
    train(new PhaseStart());
    float[] start = Toy.plain().weights().get(PARAMETER).toArray();
    gathered.forEach(found -> assertThat(found).isEqualTo(start));
    assertThat(passed.get(19)).isNotEqualTo(start);
  }

  @Test
  void gathered_takesItsOwnSlotsAlone() {
    Map<String, Tensor> slots = new HashMap<>();
    slots.put("ema", Tensor.of(Shape.SCALAR, 3f));
    slots.put("ema/a", Tensor.of(Shape.SCALAR, 1f));
    slots.put("emax/a", Tensor.of(Shape.SCALAR, 2f));
    assertThat(new Ema(0.9).gathered(slots)).containsOnlyKeys("a");
    assertThat(new PhaseStart().gathered(slots)).isEmpty();
  }

  @Test
  void numbersOutOfRange_areRefused() {
    assertThatThrownBy(() -> new Ema(1)).hasMessageContaining("[0, 1), found 1");
    assertThatThrownBy(() -> new Swa(0, 0)).hasMessageContaining("found 0 and 0");
    assertThatThrownBy(() -> AverageKind.byName("mean"))
        .hasMessage("unknown average mean; known are ema, swa, wise-ft");
  }
}
