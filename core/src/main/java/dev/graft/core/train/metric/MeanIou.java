package dev.graft.core.train.metric;

import dev.graft.core.tensor.Tensor;

/**
 * Intersection over union of predicted and true places of each class, averaged over the classes
 * that occur in either (Everingham et al., IJCV 2010): for masks.
 *
 * @param classes their number
 */
public record MeanIou(int classes) implements Metric {

  /** The name. */
  public static final String NAME = "iou";

  @Override
  public String name() {
    return NAME;
  }

  /** For each class the places of the intersection, then those of the union. */
  @Override
  public int sums() {
    return 2 * classes;
  }

  @Override
  public void add(Tensor prediction, Tensor target, double[] sums) {
    new Classes(prediction, target)
        .forEachLabelled(
            (predicted, wanted) -> {
              sums[classes + wanted]++;
              if (predicted == wanted) {
                sums[wanted]++;
              } else {
                sums[classes + predicted]++;
              }
            });
  }

  @Override
  public double value(double[] sums) {
    double total = 0;
    int seen = 0;
    for (int k = 0; k < classes; k++) {
      if (sums[classes + k] > 0) {
        total += sums[k] / sums[classes + k];
        seen++;
      }
    }
    return seen == 0 ? Double.NaN : total / seen;
  }

  @Override
  public String text(double value) {
    return Texts.percent(value);
  }
}
