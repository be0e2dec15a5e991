package dev.graft.core.op.resizing;

/**
 * Which position of an axis an element of the resized axis is computed from; ONNX Resize has the
 * same names in {@code coordinate_transformation_mode}.
 */
public enum Coordinates {
  /** Centres of pixels: {@code (i + 1/2) / scale - 1/2}. */
  HALF_PIXEL,
  /** The same about the middle of both axes, where their lengths are not in the scale's ratio. */
  HALF_PIXEL_SYMMETRIC,
  /** The same, but 0 where only one element is left. */
  PYTORCH_HALF_PIXEL,
  /** The outermost elements stay where they are. */
  ALIGN_CORNERS,
  /** {@code i / scale}. */
  ASYMMETRIC;

  /**
   * The position for element {@code i}.
   *
   * @param in size of the axis
   * @param out of the resized axis, in whole elements
   * @param scale of the axis; {@code in * scale} is {@code out} before it is cut off
   */
  double position(int i, int in, int out, double scale) {
    return switch (this) {
      case HALF_PIXEL -> (i + 0.5) / scale - 0.5;
      case HALF_PIXEL_SYMMETRIC -> {
        double share = out / (scale * in);
        yield in / 2.0 * (1 - share) + (i + 0.5) / scale - 0.5;
      }
      case PYTORCH_HALF_PIXEL -> out > 1 ? (i + 0.5) / scale - 0.5 : 0;
      case ALIGN_CORNERS -> out > 1 ? i * (in - 1) / (scale * in - 1) : 0;
      case ASYMMETRIC -> i / scale;
    };
  }
}
