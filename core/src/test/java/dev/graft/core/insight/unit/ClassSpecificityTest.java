package dev.graft.core.insight.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Units that know the classes, units that do not, and which pictures they answer to. */
class ClassSpecificityTest {

  @Test
  void aUnitOfOneClass_hasOne_onesThatKnowNothingHaveChance_constantOnesDoNotCount() {
    float[][] activations = new float[400][3];
    int[] labels = new int[400];
    Random random = new Random(2);
    for (int i = 0; i < 400; i++) {
      labels[i] = i % 4;
      activations[i][0] = labels[i] == 2 ? 5 : 1;
      activations[i][1] = (float) random.nextGaussian();
      activations[i][2] = 7;
    }
    double[] each = ClassSpecificity.perUnit(activations, labels, 4);
    assertThat(each[0]).isCloseTo(1, within(1e-9));
    // Chance is 3 / 399; of 400 draws hardly one in a thousand has four times as much.
    assertThat(each[1]).isBetween(0.0, 4 * 3 / 399.0 + 0.02);
    assertThat(each[2]).isNaN();
    ClassSpecificity all = ClassSpecificity.of(activations, labels, 4);
    assertThat(all.units()).isEqualTo(2);
    assertThat(all.mean()).isCloseTo((each[0] + each[1]) / 2, within(1e-12));
    assertThat(all.chance()).isCloseTo(3 / 399.0, within(1e-12));
  }

  @Test
  void strongestPictures_areThoseOfTheMostSpecificUnits() {
    float[][] activations = {{0, 9}, {1, 0}, {5, 8}, {2, 1}};
    assertThat(Strongest.of(activations, new int[] {0, 1, 0, 1}, 2, 1, 2))
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.unit()).isEqualTo(1);
              assertThat(one.pictures()).containsExactly(0, 2);
            });
  }
}
