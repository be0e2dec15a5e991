package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/**
 * {@code x max(0, min(1, x / 6 + 1/2))} (Howard et al., ICCV 2019): the activation of MobileNetV3.
 * ONNX HardSwish (14, 22).
 */
public record HardSwish() implements Elementwise {

  @Override
  public String type() {
    return "HardSwish";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.HARD_SWISH;
  }
}
