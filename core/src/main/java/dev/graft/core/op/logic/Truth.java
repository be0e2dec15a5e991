package dev.graft.core.op.logic;

import dev.graft.core.op.Backward;
import dev.graft.core.op.Needs;
import dev.graft.core.op.Op;
import dev.graft.core.op.Saves;

/**
 * What operations share that yield truth values: 1 for true and 0 for false, as floats, so that
 * they are computed where their operands are. They have no gradient.
 */
interface Truth extends Op {

  @Override
  default boolean yieldsTruth() {
    return true;
  }

  @Override
  default boolean differentiable(int i) {
    return false;
  }

  @Override
  default boolean differentiableOutput(int i) {
    return false;
  }

  @Override
  default Saves saves(Needs needs) {
    return Saves.NOTHING;
  }

  /** No input can ask for a gradient. */
  @Override
  default void backward(Backward call) {}
}
