package dev.graft.core.train.metric;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/**
 * Predictions {@code [N,K,…]} beside the numbers of the classes {@code [N,…]}: the class with the
 * largest logit at every place, and the one it should have been; below 0 is unlabelled. Of targets
 * that are distributions {@code [N,K,…]} the largest share counts.
 */
record Classes(Tensor prediction, Tensor target) {

  /** Takes note of a labelled place. */
  interface Place {
    void at(int predicted, int wanted);
  }

  void forEachLabelled(Place place) {
    Shape shape = prediction.shape();
    int classes = shape.size(1);
    boolean isSpread = classes > 1 && target.shape().equals(shape);
    int places = target.shape().elements() / (isSpread ? classes : 1);
    int inner = shape.size(0) == 0 ? 1 : places / shape.size(0);
    float[] z = prediction.host().array();
    float[] wanted = target.host().array();
    int zero = prediction.host().offset();
    for (int i = 0; i < places; i++) {
      int first = i / inner * classes * inner + i % inner;
      int at = target.host().offset();
      int label = isSpread ? most(wanted, at + first, inner, classes) : (int) wanted[at + i];
      if (label >= 0) {
        first += zero;
        place.at(largest(z, first, inner, classes), label);
      }
    }
  }

  /** The class with the largest share; -1 where there is none. */
  private static int most(float[] shares, int from, int stride, int count) {
    int best = largest(shares, from, stride, count);
    return shares[from + best * stride] > 0 ? best : -1;
  }

  private static int largest(float[] values, int from, int stride, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i * stride] > values[from + best * stride]) {
        best = i;
      }
    }
    return best;
  }
}
