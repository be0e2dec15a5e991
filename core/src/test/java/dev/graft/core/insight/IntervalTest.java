package dev.graft.core.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Means, intervals and rank correlations, against tables and by hand. */
class IntervalTest {

  @Test
  void threeRuns_spreadByStudent() {
    Interval interval = Interval.of(0.90, 0.92, 0.97);
    assertThat(interval.mean()).isCloseTo(0.93, within(1e-12));
    // Deviation 0.036056, over the root of 3, times 4.3027.
    assertThat(interval.half()).isCloseTo(0.089568, within(1e-6));
    assertThat(interval.isAbove(0.84)).isTrue();
    assertThat(interval.isAbove(0.85)).isFalse();
    assertThat(interval.isBelow(1.02)).isTrue();
  }

  @Test
  void oneRun_hasNoInterval_andManyAreAlmostNormal() {
    Interval one = Interval.of(0.5);
    assertThat(one.half()).isNaN();
    assertThat(one.isAbove(0)).isFalse();
    double[] twelve = new double[12];
    Arrays.setAll(twelve, i -> i % 2);
    // Of Student's table for 11 degrees of freedom: 2.2010.
    double deviation = Math.sqrt(12 * 0.25 / 11);
    assertThat(Interval.of(twelve).half())
        .isCloseTo(2.2010 * deviation / Math.sqrt(12), within(0.002));
  }

  @Test
  void kendall_countsPairs_andCorrectsForTies() {
    assertThat(RankCorrelation.kendall(new double[] {1, 2, 3, 4}, new double[] {10, 20, 40, 30}))
        .isCloseTo(4 / 6.0, within(1e-12));
    assertThat(RankCorrelation.kendall(new double[] {1, 2, 3}, new double[] {3, 2, 1}))
        .isEqualTo(-1);
    // Two agree, one pair is tied in the second: 2 / sqrt(3 * 2).
    assertThat(RankCorrelation.kendall(new double[] {1, 2, 3}, new double[] {1, 2, 2}))
        .isCloseTo(2 / Math.sqrt(6), within(1e-12));
    assertThat(RankCorrelation.kendall(new double[] {1, 2}, new double[] {5, 5})).isNaN();
  }
}
