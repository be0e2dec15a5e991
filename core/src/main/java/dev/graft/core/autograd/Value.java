package dev.graft.core.autograd;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/**
 * A tensor as a {@link Tape} knows it: a leaf that was put on it, or the output of an operation.
 */
public final class Value {

  private final int id;
  private final Tensor tensor;
  private final boolean needsGradient;
  private final boolean leaf;

  Value(int id, Tensor tensor, boolean needsGradient, boolean leaf) {
    this.id = id;
    this.tensor = tensor;
    this.needsGradient = needsGradient;
    this.leaf = leaf;
  }

  /** The elements. */
  public Tensor tensor() {
    return tensor;
  }

  /** The sizes. */
  public Shape shape() {
    return tensor.shape();
  }

  /** Whether a trainable leaf feeds this value. */
  public boolean needsGradient() {
    return needsGradient;
  }

  int id() {
    return id;
  }

  boolean isLeaf() {
    return leaf;
  }
}
