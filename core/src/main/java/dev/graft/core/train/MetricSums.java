package dev.graft.core.train;

import dev.graft.core.data.Batch;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Adds up loss and metrics over the batches of a pass. */
final class MetricSums {

  private final List<Objective.Measure> measures;
  private final List<double[]> sums = new ArrayList<>();
  private double loss;
  private int examples;

  MetricSums(List<Objective.Measure> measures) {
    this.measures = measures;
    measures.forEach(measure -> sums.add(new double[measure.metric().sums()]));
  }

  /** Adds a batch and what the network said of it. */
  void add(Batch batch, Map<String, Tensor> outputs) {
    loss += (double) loss(outputs) * batch.size();
    examples += batch.size();
    for (int i = 0; i < measures.size(); i++) {
      Objective.Measure measure = measures.get(i);
      measure
          .metric()
          .add(outputs.get(measure.prediction()), batch.get(measure.target()), sums.get(i));
    }
  }

  /** The mean loss of a batch. */
  static float loss(Map<String, Tensor> outputs) {
    return outputs.get(Loss.VALUE).host().array()[0];
  }

  /** All sums, to be written down. */
  double[] state() {
    int length = sums.stream().mapToInt(s -> s.length).sum();
    double[] state = new double[2 + length];
    state[0] = loss;
    state[1] = examples;
    int at = 2;
    for (double[] sum : sums) {
      System.arraycopy(sum, 0, state, at, sum.length);
      at += sum.length;
    }
    return state;
  }

  /** Goes on from sums that were written down; an empty array is none. */
  void restore(double[] state) {
    if (state.length == 0) {
      return;
    }
    loss = state[0];
    examples = (int) state[1];
    int at = 2;
    for (double[] sum : sums) {
      System.arraycopy(state, at, sum, 0, sum.length);
      at += sum.length;
    }
  }

  /** The means so far. */
  Metrics mean() {
    List<Metrics.Score> scores = new ArrayList<>();
    for (int i = 0; i < measures.size(); i++) {
      double value = measures.get(i).metric().value(sums.get(i));
      String text = measures.get(i).metric().text(value);
      scores.add(new Metrics.Score(measures.get(i).name(), value, text));
    }
    return new Metrics(examples == 0 ? Double.NaN : loss / examples, scores, examples);
  }
}
