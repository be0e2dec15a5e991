package dev.graft.core.tensor;

/**
 * What the elements of a tensor are. Only {@link #FLOAT32} is computed with on a backend; whole
 * numbers and truth values, which are shapes, positions and token ids, stay in host memory.
 */
public enum ElementType {
  FLOAT32("float32"),
  INT64("int64"),
  BOOL("bool");

  private final String text;

  ElementType(String text) {
    this.text = text;
  }

  /** The type's name in NumPy, such as {@code float32}. */
  @Override
  public String toString() {
    return text;
  }
}
