package dev.graft.core.session;

import dev.graft.core.graph.OutputMeaning;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An output's numbers as predictions.
 *
 * @param meaning what the numbers are
 * @param labels names for them; without effect where they do not fit
 */
record Ranking(OutputMeaning meaning, List<String> labels) {

  /**
   * All classes or labels, the most probable first; numbers that are no probabilities in their own
   * order.
   */
  List<Prediction> of(float[] output) {
    if (output.length == 1 && meaning.kind() != OutputMeaning.Kind.NUMBERS) {
      return ofOne(output[0]);
    }
    return switch (meaning.kind()) {
      case CLASSES -> ranked(meaning.isLogarithm() ? softmax(output) : output);
      case LOGITS -> ranked(softmax(output));
      case LABELS -> ranked(output);
      case NUMBERS -> numbers(output);
    };
  }

  /** One number tells two classes apart if it is a sigmoid, or if there are names for two. */
  private List<Prediction> ofOne(float output) {
    boolean isProbability = meaning.kind() == OutputMeaning.Kind.LABELS;
    if (!isProbability && labels.size() != 2) {
      return numbers(new float[] {output});
    }
    double second = isProbability ? output : 1 / (1 + StrictMath.exp(-output));
    float[] both = {(float) (1 - second), (float) second};
    return switch (labels.size()) {
      case 2 -> ranked(both, labels);
      case 1 -> ranked(both, List.of("not " + labels.get(0), labels.get(0)));
      default -> ranked(both, List.of());
    };
  }

  private List<Prediction> ranked(float[] probabilities) {
    return ranked(probabilities, labels);
  }

  private static List<Prediction> ranked(float[] probabilities, List<String> names) {
    List<Prediction> ranked = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      ranked.add(new Prediction(name(names, i, probabilities.length), i, probabilities[i]));
    }
    ranked.sort(Comparator.comparingDouble(Prediction::probability).reversed());
    return ranked;
  }

  private List<Prediction> numbers(float[] values) {
    List<Prediction> numbers = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      numbers.add(Prediction.ofNumber(name(labels, i, values.length), i, values[i]));
    }
    return numbers;
  }

  private static String name(List<String> names, int index, int outputs) {
    return names.size() == outputs ? names.get(index) : Integer.toString(index);
  }

  private static float[] softmax(float[] logits) {
    double largest = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += StrictMath.exp(logit - largest);
    }
    float[] probabilities = new float[logits.length];
    for (int i = 0; i < logits.length; i++) {
      probabilities[i] = (float) (StrictMath.exp(logits[i] - largest) / sum);
    }
    return probabilities;
  }
}
