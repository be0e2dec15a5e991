package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.Batch;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import dev.graft.core.train.metric.Accuracy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Means over batches of different sizes. */
class MetricsTest {

  private final MetricSums sums =
      new MetricSums(List.of(new Objective.Measure("accuracy", new Accuracy(), "y", "t")));

  private void add(float loss, Tensor logits, float... classes) {
    Tensor target = Tensor.of(Shape.of(classes.length), classes);
    sums.add(
        new Batch(new int[classes.length], Map.of("t", target)),
        Map.of("y", logits, Loss.VALUE, Tensor.of(Shape.SCALAR, loss)));
  }

  private static Tensor logits(int rows, float... values) {
    return Tensor.of(Shape.of(rows, values.length / rows), values);
  }

  @Test
  void means_weighEveryExampleAlike_whateverItsBatch() {
    add(1, logits(3, 5, 1, 2, 9, 4, 0), 0, 1, 1);
    add(4, logits(1, 0, 1), 0);
    Metrics mean = sums.mean();
    assertThat(mean.examples()).isEqualTo(4);
    assertThat(mean.loss()).isEqualTo((3 * 1 + 4) / 4.0);
    // Right: the first two of the first batch.
    assertThat(mean.get("accuracy")).isEqualTo(2 / 4.0);
  }

  @Test
  void unlabelledExamples_countForTheLossAlone() {
    add(2, logits(1, 5, 1), -1);
    assertThat(sums.mean().get("accuracy")).isNaN();
    add(2, logits(2, 5, 1, 0, 1), 0, -1);
    assertThat(sums.mean().get("accuracy")).isEqualTo(1);
    assertThat(sums.mean().loss()).isEqualTo(2);
    assertThat(sums.mean().examples()).isEqualTo(3);
  }

  @Test
  void noExamples_haveNoMean() {
    Metrics mean = sums.mean();
    assertThat(mean.loss()).isNaN();
    assertThat(mean.get("accuracy")).isNaN();
    assertThat(mean.scores().get(0).text()).isEqualTo("-");
    assertThat(mean.examples()).isZero();
  }

  @Test
  void outputsWithPositionsOfSizeOne_areClassesToo() {
    add(1, Tensor.of(Shape.of(2, 2, 1, 1), 0, 1, 1, 0), 1, 1);
    assertThat(sums.mean().get("accuracy")).isEqualTo(0.5);
  }

  @Test
  void aMetricThatWasNotMeasured_isNamedBesideThoseThatWere() {
    assertThatThrownBy(() -> sums.mean().get("f1"))
        .hasMessageContaining("f1")
        .hasMessageContaining("accuracy");
  }
}
