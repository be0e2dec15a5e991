package dev.graft.core.transfer;

/** How much of a network is trained, and in which order. */
public enum Recipe {
  /** The head alone, on features that are computed once: for small data, or as a baseline. */
  HEAD,
  /**
   * The head alone until it stops improving, then everything at a rate an order of magnitude or
   * more lower, rising gently: the classic two steps.
   */
  STAGED,
  /** Everything from the start, from the given weights. */
  FULL,
  /** Everything from the start, from new random weights: what transfer is measured against. */
  SCRATCH
}
