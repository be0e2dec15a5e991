package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/**
 * {@code min(max(x, min), max)}; ReLU6 is {@code Clip(0, 6)}. The derivative is 1 strictly between
 * the bounds, else 0. ONNX Clip (6, 11, 12, 13) with constant bounds.
 *
 * @param min lower bound, negative infinity for none
 * @param max upper bound, infinity for none
 */
public record Clip(double min, double max) implements Elementwise {

  @Override
  public String type() {
    return "Clip";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.CLIP;
  }

  @Override
  public double alpha() {
    return min;
  }

  @Override
  public double beta() {
    return max;
  }

  @Override
  public boolean isCheap() {
    return true;
  }
}
