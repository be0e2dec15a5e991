package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** {@code x tanh(log(1 + e^x))} (Misra, BMVC 2020). ONNX Mish (18, 22). */
public record Mish() implements Elementwise {

  @Override
  public String type() {
    return "Mish";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.MISH;
  }
}
