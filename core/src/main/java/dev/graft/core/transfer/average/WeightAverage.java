package dev.graft.core.transfer.average;

import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.GradientTransform;
import dev.graft.core.train.StepGradients;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Gathers weights while a phase trains, and leaves its gradients as they are. What it gathers lies
 * in {@link StepGradients#slot}, so that it is saved with the run.
 */
public interface WeightAverage extends GradientTransform {

  /** What its slots begin with, unique among the transforms of a phase. */
  String name();

  @Override
  default boolean apply(StepGradients gradients) {
    return true;
  }

  /**
   * The weights that were gathered.
   *
   * @param remembered the slots of the phase's transforms, in host memory
   * @return by parameter; empty where nothing was gathered
   */
  default Map<String, Tensor> gathered(Map<String, Tensor> remembered) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    String prefix = name() + "/";
    remembered.forEach(
        (slot, tensor) -> {
          if (slot.startsWith(prefix)) {
            weights.put(slot.substring(prefix.length()), tensor);
          }
        });
    return weights;
  }
}
