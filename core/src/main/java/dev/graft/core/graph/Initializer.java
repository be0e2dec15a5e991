package dev.graft.core.graph;

import dev.graft.core.backend.Rng;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/** How new weights are drawn; every element is a pure function of the key and its position. */
public final class Initializer {

  private Initializer() {}

  /**
   * Normal with variance {@code 2 / fanIn}, which keeps the size of activations through layers with
   * ReLU (He et al., ICCV 2015, equation 10).
   *
   * @param shape {@code [out, in, kernel…]}; fanIn is the product of all sizes but the first
   */
  public static Tensor he(Shape shape, long key) {
    return normal(shape, Math.sqrt(2.0 / Math.max(1, shape.elements(1, shape.rank()))), key);
  }

  /** Normal with mean 0. */
  public static Tensor normal(Shape shape, double deviation, long key) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * Rng.gaussian(key, i));
    }
    return Tensor.of(shape, values);
  }
}
