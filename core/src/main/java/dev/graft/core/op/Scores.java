package dev.graft.core.op;

/** How an operation turns the logits of a classifier into scores. */
public enum Scores {
  /** It does not. */
  NONE,
  /** Probabilities: positive, with the sum 1. */
  PROBABILITIES,
  /** Their logarithms. */
  LOG_PROBABILITIES,
  /** A probability of its own for each, as labels have that do not exclude each other. */
  PROBABILITY_EACH
}
