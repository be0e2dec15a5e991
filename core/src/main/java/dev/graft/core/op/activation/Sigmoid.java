package dev.graft.core.op.activation;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Scores;

/** Logistic function {@code 1 / (1 + exp(-x))}. ONNX Sigmoid (6, 13). */
public record Sigmoid() implements Elementwise {

  @Override
  public String type() {
    return "Sigmoid";
  }

  @Override
  public boolean activates() {
    return true;
  }

  @Override
  public Scores scores() {
    return Scores.PROBABILITY_EACH;
  }

  @Override
  public UnaryOp kernel() {
    return UnaryOp.SIGMOID;
  }
}
