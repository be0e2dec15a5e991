package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Of each class how often it was right, how often it is true, and how often it was said: sums of
 * metrics that treat all classes alike.
 */
record ClassCounts(int classes) {

  int sums() {
    return 3 * classes;
  }

  void add(Tensor prediction, Tensor target, double[] sums) {
    new Classes(prediction, target)
        .forEachLabelled(
            (predicted, wanted) -> {
              sums[wanted] += predicted == wanted ? 1 : 0;
              sums[classes + wanted]++;
              sums[2 * classes + predicted]++;
            });
  }

  /** The mean recall of the classes that occur. */
  double recall(double[] sums) {
    return IntStream.range(0, classes)
        .filter(k -> sums[classes + k] > 0)
        .mapToDouble(k -> sums[k] / sums[classes + k])
        .average()
        .orElse(Double.NaN);
  }

  /** The mean F1 of the classes that occur or were said. */
  double f1(double[] sums) {
    IntToDoubleFunction all = k -> sums[classes + k] + sums[2 * classes + k];
    return IntStream.range(0, classes)
        .filter(k -> all.applyAsDouble(k) > 0)
        .mapToDouble(k -> 2 * sums[k] / all.applyAsDouble(k))
        .average()
        .orElse(Double.NaN);
  }
}
