package dev.graft.core.op;

/** How an operation turns the logits of a classifier into scores that belong together. */
public enum Scores {
  /** It does not. */
  NONE,
  /** Probabilities: positive, with the sum 1. */
  PROBABILITIES,
  /** Their logarithms. */
  LOG_PROBABILITIES
}
