package dev.graft.core.op;

import dev.graft.core.backend.Rng;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Arrays;

/**
 * What a stored tensor starts from before training; every element is a pure function of the key and
 * its position. Which one a tensor wants, {@link Op#initializer its operation says}.
 */
@FunctionalInterface
public interface Initializer {

  /** Biases, running means. */
  Initializer ZEROS = filled(0);

  /** Scales, running variances. */
  Initializer ONES = filled(1);

  /**
   * A new tensor.
   *
   * @param key of the random numbers, see {@link Rng}
   */
  Tensor draw(Shape shape, long key);

  /** The same number everywhere. */
  static Initializer filled(double value) {
    return (shape, key) -> {
      float[] values = new float[shape.elements()];
      Arrays.fill(values, (float) value);
      return Tensor.of(shape, values);
    };
  }

  /** Normal with mean 0. */
  static Initializer normal(double deviation) {
    return (shape, key) -> {
      float[] values = new float[shape.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (deviation * Rng.gaussian(key, i));
      }
      return Tensor.of(shape, values);
    };
  }

  /**
   * Normal with variance {@code 2 / fanIn}, which keeps the size of activations through layers with
   * ReLU (He et al., ICCV 2015, equation 10).
   *
   * @param fanIn number of products that one output sums
   */
  static Initializer he(int fanIn) {
    return normal(Math.sqrt(2.0 / Math.max(1, fanIn)));
  }
}
