package dev.graft.core.op.logic;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Saves;

/** The other truth value. ONNX Not (1). */
public record Not() implements Elementwise, Truth {

  @Override
  public String type() {
    return "Not";
  }

  @Override
  public boolean activates() {
    return false;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.AFFINE;
  }

  @Override
  public double alpha() {
    return -1;
  }

  @Override
  public double beta() {
    return 1;
  }

  @Override
  public Saves saves(Needs needs) {
    return Truth.super.saves(needs);
  }

  @Override
  public void backward(Backward call) {
    Truth.super.backward(call);
  }

  @Override
  public boolean takesTruth(int i) {
    return true;
  }
}
