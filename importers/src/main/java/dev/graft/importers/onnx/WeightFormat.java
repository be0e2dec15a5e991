package dev.graft.importers.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a file that is written holds its weights. What reads it computes in float32 all the same. */
public enum WeightFormat {
  /** As they are. */
  FLOAT32,

  /** Half the size: IEEE 754 binary16, rounded to nearest. */
  FLOAT16,

  /**
   * A quarter of the size: matrices and kernels as {@code round(w / s)} in -127 to 127, with {@code
   * s = max |w| / 127} of each output channel; biases and norms stay float32.
   */
  INT8;

  /** The name that the command line and messages have. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The format of that name, if there is one. */
  public static Optional<WeightFormat> named(String label) {
    return Arrays.stream(values()).filter(format -> format.label().equals(label)).findFirst();
  }

  /** The names of all. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(WeightFormat::label).toList();
  }
}
