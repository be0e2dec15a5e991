package dev.graft.core.session;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The mean of what is said of several views of one picture. */
final class MeanPrediction {

  private MeanPrediction() {}

  /**
   * @param views what is said of each, the first of which is the picture as it is: whether that is
   *     known counts for all
   */
  static List<Prediction> of(List<List<Prediction>> views) {
    List<Prediction> first = views.get(0);
    if (views.size() == 1) {
      return first;
    }
    Map<Integer, Double> sums = new LinkedHashMap<>();
    for (List<Prediction> view : views) {
      for (Prediction p : view) {
        sums.merge(p.index(), p.value(), Double::sum);
      }
    }
    List<Prediction> means = new ArrayList<>();
    for (Prediction p : first) {
      if (!isUnknown(p)) {
        double mean = sums.get(p.index()) / views.size();
        means.add(
            p.isNumber()
                ? Prediction.ofNumber(p.label(), p.index(), mean)
                : new Prediction(p.label(), p.index(), mean));
      }
    }
    if (!means.get(0).isNumber()) {
      means.sort(Comparator.comparingDouble(Prediction::probability).reversed());
    }
    if (isUnknown(first.get(0))) {
      means.add(0, Prediction.unknown(means.get(0).probability()));
    }
    return means;
  }

  private static boolean isUnknown(Prediction prediction) {
    return prediction.index() < 0;
  }
}
