package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/** {@code x / (1 + |x|)}. ONNX Softsign (1, 22). */
public record Softsign() implements Elementwise {

  @Override
  public String type() {
    return "Softsign";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.SOFTSIGN;
  }
}
