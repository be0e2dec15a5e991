package dev.graft.core.op;

/** How a window operation pads, as ONNX's {@code auto_pad} names it. */
public enum AutoPad {
  /** The pads are given. */
  NOTSET,
  /** {@code out = ceil(in / stride)}; an odd pad goes to the end, as in TensorFlow. */
  SAME_UPPER,
  /** {@code out = ceil(in / stride)}; an odd pad goes to the beginning. */
  SAME_LOWER,
  /** No padding. */
  VALID
}
