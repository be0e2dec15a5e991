package dev.graft.core.op.normalization;

import dev.graft.core.tensor.Shape;

/**
 * Instance normalisation (Ulyanov et al., 2016): {@code y = scale (x - mean) / sqrt(variance +
 * epsilon) + bias} with mean and variance over each channel of each sample. Inputs {@code x
 * [N,C,…]}, scale and bias {@code [C]}. ONNX InstanceNormalization (6, 22).
 *
 * @param epsilon added to the variance
 */
public record InstanceNormalization(double epsilon) implements GroupedNormalization {

  @Override
  public String type() {
    return "InstanceNormalization";
  }

  @Override
  public int groups(Shape x) {
    return x.size(1);
  }
}
