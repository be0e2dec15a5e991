package dev.graft.tests.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.LossGraph;
import dev.graft.core.train.metric.Metric;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A loss and a metric that Graft does not have: the quantile below which a share of targets lies.
 */
class OwnLossTest {

  record Pinball(double share) implements Loss {
    @Override
    public String behind(LossGraph g) {
      String said = g.output();
      String wanted = g.target(TARGET, g.item(said));
      g.measure(new ShareBelow(), said, wanted);
      String below = g.add(new Relu(), g.add(new Sub(), wanted, said));
      String above = g.add(new Relu(), g.add(new Sub(), said, wanted));
      String error = g.add(new WeightedSum(List.of(share, 1 - share)), below, above);
      return g.add(new ReduceMean(List.of(0, 1), false), error);
    }
  }

  record ShareBelow() implements Metric {
    @Override
    public String name() {
      return "below";
    }

    @Override
    public int sums() {
      return 2;
    }

    @Override
    public void add(Tensor prediction, Tensor target, double[] sums) {
      for (int i = 0; i < target.shape().elements(); i++) {
        sums[0]++;
        sums[1] += target.toArray()[i] < prediction.toArray()[i] ? 1 : 0;
      }
    }

    @Override
    public double value(double[] sums) {
      return sums[1] / sums[0];
    }
  }

  @Test
  void ownLossAndOwnMetric_work() {
    GraphBuilder g = new GraphBuilder(1);
    var model = g.build(g.linear("head", g.input("x", Shape.of(1)), 1));
    var fields =
        List.of(new Dataset.Field("x", Shape.of(1)), new Dataset.Field(Loss.TARGET, Shape.of(1)));
    var items =
        IntStream.range(0, 100)
            .mapToObj(i -> List.of(new float[1], new float[] {i / 100f}))
            .toList();
    Dataset data = new TensorDataset(fields, items, i -> "row " + i);
    Settings settings = Settings.of(Recipe.FULL, 60).rate(0.05);
    var tuned = FineTune.tune(model, new Pinball(0.8), new Split<>(data, data), settings);
    assertThat(tuned.best().get("below")).isBetween(0.75, 0.85);
  }
}
