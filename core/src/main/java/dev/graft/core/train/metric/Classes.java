package dev.graft.core.train.metric;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/**
 * Predictions {@code [N,K,…]} beside the numbers of the classes {@code [N,…]}: the class with the
 * largest logit at every place, and the one it should have been; below 0 is unlabelled.
 */
record Classes(Tensor prediction, Tensor target) {

  /** Takes note of a labelled place. */
  interface Place {
    void at(int predicted, int wanted);
  }

  void forEachLabelled(Place place) {
    Shape shape = prediction.shape();
    int classes = shape.size(1);
    int places = target.shape().elements();
    int inner = shape.size(0) == 0 ? 1 : places / shape.size(0);
    float[] z = prediction.host().array();
    float[] wanted = target.host().array();
    int zero = prediction.host().offset();
    for (int i = 0; i < places; i++) {
      int label = (int) wanted[target.host().offset() + i];
      if (label >= 0) {
        int first = zero + i / inner * classes * inner + i % inner;
        place.at(largest(z, first, inner, classes), label);
      }
    }
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
