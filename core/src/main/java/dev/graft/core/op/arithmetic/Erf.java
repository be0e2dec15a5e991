package dev.graft.core.op.arithmetic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;

/**
 * Error function {@code 2 / sqrt(pi) ∫ exp(-t^2) dt} from 0 to x: what a GELU is made of. ONNX Erf
 * (9, 13).
 */
public record Erf() implements Elementwise {

  @Override
  public String type() {
    return "Erf";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.ERF;
  }
}
