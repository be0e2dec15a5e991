package dev.graft.core.op.resizing;

/**
 * What an element is made of between those around it; ONNX Resize in the modes {@code linear} and
 * {@code cubic}, and PyTorch's {@code antialias}.
 *
 * @param kind which function weighs the elements around a position
 * @param cubicA the parameter of the cubic function (Keys, 1981): -0.75 in PyTorch, -0.5 in
 *     TensorFlow
 * @param excludesOutside whether what lies beyond the ends has no weight, and the rest all of it;
 *     else the outermost element stands for it
 * @param antialias whether the function is as wide as the step, where an axis gets shorter
 */
public record Interpolation(Kind kind, double cubicA, boolean excludesOutside, boolean antialias) {

  /** Functions of the distance from a position. */
  public enum Kind {
    /** The nearest element alone. */
    NEAREST,
    /** A straight line between two. */
    LINEAR,
    /** A polynomial through four. */
    CUBIC
  }

  /** Of two neighbours, by a straight line. */
  public static final Interpolation LINEAR = new Interpolation(Kind.LINEAR, -0.75, false, false);

  /** The nearest element. */
  public static final Interpolation NEAREST = new Interpolation(Kind.NEAREST, -0.75, false, false);

  /** Of four neighbours, as PyTorch has it. */
  public static final Interpolation CUBIC = new Interpolation(Kind.CUBIC, -0.75, false, false);

  /**
   * Adds the weights of the elements around a position.
   *
   * @param scale of the axis
   * @param row {@code [in]}, zero before
   */
  void addWeights(double position, double scale, float[] row) {
    double narrow = antialias ? Math.min(1, scale) : 1;
    int reach = kind == Kind.LINEAR ? 1 : 2;
    int first = (int) Math.floor(-reach / narrow) + 1;
    int taps = 2 * (1 - first);
    int floor = (int) Math.floor(position);
    double[] weights = new double[taps];
    double sum = 0;
    for (int tap = 0; tap < taps; tap++) {
      int at = floor + first + tap;
      boolean outside = at < 0 || at >= row.length;
      weights[tap] = excludesOutside && outside ? 0 : weight((at - position) * narrow);
      sum += weights[tap];
    }
    for (int tap = 0; tap < taps; tap++) {
      int at = Math.max(0, Math.min(row.length - 1, floor + first + tap));
      row[at] += (float) (weights[tap] / sum);
    }
  }

  private double weight(double distance) {
    double d = Math.abs(distance);
    if (kind == Kind.LINEAR) {
      return Math.max(0, 1 - d);
    }
    double a = cubicA;
    return d <= 1
        ? ((a + 2) * d - (a + 3)) * d * d + 1
        : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }
}
