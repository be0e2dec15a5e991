package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MetricsTest {

  @Test
  void means_weighEveryExampleAlike_whateverItsBatch() {
    Metrics.Sum sum = new Metrics.Sum();
    sum.add(1, tensor(3, 5, 1, 2, 9, 4, 0), tensor(3, 1, 0, 0, 1, 0, 1));
    sum.add(4, tensor(1, 0, 1), tensor(1, 1, 0));
    Metrics mean = sum.mean();
    assertThat(mean.examples()).isEqualTo(4);
    assertThat(mean.loss()).isEqualTo((3 * 1 + 4) / 4.0);
    // Right: the first two of the first batch.
    assertThat(mean.accuracy()).isEqualTo(2 / 4.0);
  }

  @Test
  void unlabelledExamples_countForTheLossAlone() {
    Metrics.Sum sum = new Metrics.Sum();
    sum.add(2, tensor(2, 5, 1, 0, 1), tensor(2, 1, 0, 0, 0));
    assertThat(sum.mean()).isEqualTo(new Metrics(2, 1, 2));
    Metrics.Sum none = new Metrics.Sum();
    none.add(2, tensor(1, 5, 1), tensor(1, 0, 0));
    assertThat(none.mean().accuracy()).isNaN();
    assertThat(none.mean().loss()).isEqualTo(2);
  }

  @Test
  void noExamples_haveNoMean() {
    Metrics mean = new Metrics.Sum().mean();
    assertThat(mean.loss()).isNaN();
    assertThat(mean.accuracy()).isNaN();
    assertThat(mean.examples()).isZero();
  }

  @Test
  void outputsWithPositionsOfSizeOne_areClassesToo() {
    Metrics.Sum sum = new Metrics.Sum();
    Tensor logits = Tensor.of(Shape.of(2, 2, 1, 1), 0, 1, 1, 0);
    sum.add(1, logits, tensor(2, 0, 1, 0, 1));
    assertThat(sum.mean().accuracy()).isEqualTo(0.5);
  }

  private static Tensor tensor(int rows, float... values) {
    return Tensor.of(Shape.of(rows, values.length / rows), values);
  }
}
