package dev.graft.importers.onnx.operator;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.WholeNumbers;
import java.util.Arrays;

/**
 * A tensor whose elements are known at import, whatever their type: what operators are computed on
 * that choose, count or rearrange and have no gradient.
 *
 * @param shape its sizes
 * @param values row-major
 * @param isWhole whether they are whole numbers or truth values
 */
record Known(Shape shape, double[] values, boolean isWhole) {

  /** Whole numbers are exact up to here. */
  private static final double LARGEST = 1L << 53;

  /**
   * @throws ImportException if one depends on a size that is open, or is too large
   */
  static Known of(WholeNumbers numbers) {
    double[] values =
        Arrays.stream(numbers.known("a whole number")).mapToDouble(value -> value).toArray();
    for (double value : values) {
      if (Math.abs(value) > LARGEST) {
        throw new ImportException(
            "computes with the whole number " + value + ", which is too large");
      }
    }
    return new Known(numbers.shape(), values, true);
  }

  static Known of(Tensor tensor) {
    float[] floats = tensor.toArray();
    double[] values = new double[floats.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = floats[i];
    }
    return new Known(tensor.shape(), values, false);
  }

  static Known whole(Shape shape, double... values) {
    return new Known(shape, values, true);
  }

  /** A vector of whole numbers. */
  static Known whole(double... values) {
    return whole(Shape.of(values.length), values);
  }

  /** Of the same type. */
  Known with(Shape shape, double... values) {
    return new Known(shape, values, isWhole);
  }

  /** As whole numbers, cut off towards zero. */
  WholeNumbers numbers() {
    return WholeNumbers.of(shape, Arrays.stream(values).mapToLong(value -> (long) value).toArray());
  }

  Tensor floats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensor.of(shape, floats);
  }

  /** The only element. */
  double number() {
    if (values.length != 1) {
      throw new ImportException("expects one number, found " + shape);
    }
    return values[0];
  }

  int number(int i) {
    return (int) values[i];
  }

  int[] ints() {
    return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
  }
}
