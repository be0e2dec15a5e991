package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/**
 * {@code x / (1 + exp(-alpha x))} (Ramachandran et al., 2017); SiLU where alpha is 1. ONNX Swish
 * (24).
 *
 * @param alpha steepness of the gate
 */
public record Swish(double alpha) implements Elementwise {

  @Override
  public String type() {
    return "Swish";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.SWISH;
  }
}
