package dev.graft.core.backend;

/** How {@link Backend#reduce} folds the elements along the reduced axes. */
public enum ReduceOp {
  /** The sum; 0 over nothing. */
  SUM,
  /** The arithmetic mean; NaN over nothing. */
  MEAN,
  /** The largest element, NaN if any is NaN; negative infinity over nothing. */
  MAX
}
