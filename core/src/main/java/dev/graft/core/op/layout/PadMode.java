package dev.graft.core.op.layout;

/** What {@link Pad} surrounds a tensor with. */
public enum PadMode {
  /** A number. */
  CONSTANT,
  /** The elements mirrored at the outermost one, which is not repeated. */
  REFLECT,
  /** The outermost element. */
  EDGE,
  /** The elements from the other end on. */
  WRAP;

  /**
   * The position of the element that stands at {@code at}, which may lie beyond an axis.
   *
   * @param size of the axis, at least 1
   */
  int source(long at, int size) {
    return switch (this) {
      case CONSTANT -> throw new IllegalStateException("a constant has no position");
      case EDGE -> (int) Math.max(0, Math.min(size - 1, at));
      case WRAP -> (int) Math.floorMod(at, (long) size);
      case REFLECT -> {
        long period = Math.max(1, 2L * (size - 1));
        long within = Math.floorMod(at, period);
        yield (int) Math.min(within, period - within) % size;
      }
    };
  }
}
