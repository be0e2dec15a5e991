package dev.graft.core.op.resizing;

/** How a position between two elements is rounded; ONNX Resize's {@code nearest_mode}. */
public enum Nearest {
  /** To the nearer one; halves down. */
  ROUND_PREFER_FLOOR,
  /** To the nearer one; halves up. */
  ROUND_PREFER_CEIL,
  /** Down. */
  FLOOR,
  /** Up. */
  CEIL;

  /** The element, which may lie beyond the ends. */
  long round(double position) {
    return (long)
        switch (this) {
          case ROUND_PREFER_FLOOR -> Math.ceil(position - 0.5);
          case ROUND_PREFER_CEIL -> Math.floor(position + 0.5);
          case FLOOR -> Math.floor(position);
          case CEIL -> Math.ceil(position);
        };
  }
}
