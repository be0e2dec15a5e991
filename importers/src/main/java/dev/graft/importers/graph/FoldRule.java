package dev.graft.importers.graph;

/** What an importer does with an operation that depends on no input of the model. */
public enum FoldRule {

  /** It stays a node, and has no meaning for whole numbers: right for any operation. */
  NEVER,

  /** It is carried out on stored tensors. */
  FLOATS,

  /** It only moves elements, and is carried out on stored tensors and on whole numbers alike. */
  MOVES,

  /**
   * It is carried out on both, on whole numbers in double precision: for operations that make whole
   * numbers of whole numbers, such as a maximum or a comparison.
   */
  NUMBERS,

  /** It is Add, Sub, Mul or Div, and carried out on both: exactly, on whole numbers. */
  ARITHMETIC
}
