package dev.graft.core.op.normalization;

import dev.graft.core.tensor.Shape;

/**
 * Group normalisation (Wu and He, ECCV 2018): {@code y = scale (x - mean) / sqrt(variance +
 * epsilon) + bias} with mean and variance over groups of channels of each sample. Inputs {@code x
 * [N,C,…]}, scale and bias {@code [C]}. ONNX GroupNormalization (21).
 *
 * @param groups how many, each of as many channels
 * @param epsilon added to the variance
 */
public record GroupNormalization(int groups, double epsilon) implements GroupedNormalization {

  @Override
  public String type() {
    return "GroupNormalization";
  }

  @Override
  public int groups(Shape x) {
    return groups;
  }
}
