package dev.graft.core.graph;

/** What a stored tensor is to training. */
public enum Role {
  /** Trainable: the weight or bias of a layer, the scale or bias of a normalisation. */
  PARAMETER,
  /** Follows the data without gradient: running mean and variance. */
  STATE,
  /** Part of the arithmetic, never trained: the 0.1 a detector scales its boxes with. */
  CONSTANT
}
