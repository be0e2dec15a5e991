package dev.graft.core.train;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
    Map<String, Tensor> found = new HashMap<>();
    Map<String, Tensor> weights = new HashMap<>();
    for (String name : layer) {
      Tensor gradient = gradients.tensors().get(name);
      if (gradient != null) {
        found.put(name, gradient);
        weights.put(name, gradients.weight(name));
      }
    }
    double ofWeight = SquaredNorm.of(gradients.backend(), weights);
    double ofGradient = SquaredNorm.of(gradients.backend(), found);
    return ofWeight == 0 ? 0 : gradients.factor() * Math.sqrt(ofGradient / ofWeight);
  }
}
