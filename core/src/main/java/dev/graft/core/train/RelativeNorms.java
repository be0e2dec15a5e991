package dev.graft.core.train;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.List;

/**
 * Surgical fine-tuning: the rate of every layer is scaled by its relative gradient norm {@code |g|
 * / |w|}, the largest of which gets the whole rate (Lee et al., "Surgical Fine-Tuning Improves
 * Adaptation to Distribution Shifts", ICLR 2023, Auto-RGN). The norms are means over the steps of
 * the phase so far.
 *
 * @param layers names of each layer's parameters
 */
public record RelativeNorms(List<List<String>> layers) implements GradientTransform {

  public RelativeNorms {
    layers = layers.stream().map(List::copyOf).toList();
  }

  @Override
  public boolean apply(StepGradients gradients) {
    Tensor slot = gradients.slot("relativeNorms", Shape.of(layers.size()));
    float[] sums = slot.download(gradients.backend());
    float largest = 0;
    for (int i = 0; i < sums.length; i++) {
      sums[i] += (float) relativeNorm(gradients, layers.get(i));
      largest = Math.max(largest, sums[i]);
    }
    gradients.backend().upload(sums, 0, sums.length, slot.buffer());
    for (int i = 0; i < sums.length && largest > 0; i++) {
      double factor = sums[i] / largest;
      layers.get(i).forEach(name -> gradients.scaleRate(name, factor));
    }
    return true;
  }

  /** 0 for a layer without gradient or weight. */
  private static double relativeNorm(StepGradients gradients, List<String> layer) {
    double ofGradient = 0;
    double ofWeight = 0;
    for (String name : layer) {
      Tensor gradient = gradients.tensors().get(name);
      if (gradient != null) {
        ofGradient += squares(gradient.download(gradients.backend()));
        ofWeight += squares(gradients.weight(name).download(gradients.backend()));
      }
    }
    double factor = gradients.factor();
    return ofWeight == 0 ? 0 : factor * Math.sqrt(ofGradient / ofWeight);
  }

  private static double squares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum;
  }
}
