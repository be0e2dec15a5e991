package dev.graft.importers.graph;

import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor of whole numbers known at import: a shape, a list of axes. An element may be a multiple
 * of the batch size, which is not known.
 *
 * @param shape of the tensor; a vector in nearly all files
 * @param values the numbers or factors, row-major
 * @param batch which of the elements are {@code value * N} rather than {@code value}
 */
public record WholeNumbers(Shape shape, long[] values, boolean[] batch) {

  /** Of these numbers. */
  public static WholeNumbers of(Shape shape, long... values) {
    return new WholeNumbers(shape, values, new boolean[values.length]);
  }

  /** A vector of these numbers. */
  public static WholeNumbers vector(long... values) {
    return of(Shape.of(values.length), values);
  }

  /** How many there are. */
  public int size() {
    return values.length;
  }

  /** The elements at the given positions, as a tensor of another shape. */
  public WholeNumbers pick(Shape shape, int... positions) {
    long[] picked = new long[positions.length];
    boolean[] symbolic = new boolean[positions.length];
    for (int i = 0; i < positions.length; i++) {
      picked[i] = values[positions[i]];
      symbolic[i] = batch[positions[i]];
    }
    return new WholeNumbers(shape, picked, symbolic);
  }

  /** Whether element {@code i} is the batch size itself. */
  public boolean isBatch(int i) {
    return i < values.length && batch[i] && values[i] == 1;
  }

  /** All elements of {@code parts} behind each other. */
  public static WholeNumbers joined(List<WholeNumbers> parts) {
    int size = parts.stream().mapToInt(WholeNumbers::size).reduce(0, Math::addExact);
    long[] values = new long[size];
    boolean[] batch = new boolean[size];
    int at = 0;
    for (WholeNumbers part : parts) {
      System.arraycopy(part.values, 0, values, at, part.size());
      System.arraycopy(part.batch, 0, batch, at, part.size());
      at += part.size();
    }
    return new WholeNumbers(Shape.of(size), values, batch);
  }

  /**
   * {@code this type other} for each element, both of one shape.
   *
   * @param type Add, Sub, Mul or Div, which cuts off as integer division does
   * @throws ImportException if a result depends on the batch size in any way but as a factor
   */
  public WholeNumbers combine(String type, WholeNumbers other) {
    long[] results = new long[size()];
    boolean[] symbolic = new boolean[size()];
    for (int i = 0; i < results.length; i++) {
      long x = values[i];
      long y = other.values[i];
      boolean sum = type.equals("Add") || type.equals("Sub");
      boolean linear =
          sum
              ? batch[i] == other.batch[i]
              : type.equals("Mul") ? !(batch[i] && other.batch[i]) : !other.batch[i];
      boolean exact = !type.equals("Div") || y != 0 && (!batch[i] || x % y == 0);
      if (!linear || !exact) {
        throw new ImportException(
            type.equals("Div") && y == 0
                ? "divides by zero"
                : type + " on shapes is not possible while the batch size is open");
      }
      symbolic[i] = batch[i] || other.batch[i];
      results[i] =
          switch (type) {
            case "Add" -> Math.addExact(x, y);
            case "Sub" -> Math.subtractExact(x, y);
            case "Mul" -> Math.multiplyExact(x, y);
            default -> x / y;
          };
    }
    return new WholeNumbers(shape, results, symbolic);
  }

  /**
   * The numbers, not copied.
   *
   * @throws ImportException if one depends on the batch size
   */
  public long[] known(String what) {
    for (boolean open : batch) {
      if (open) {
        throw new ImportException(what + " depends on the batch size");
      }
    }
    return values;
  }

  /**
   * The numbers as a list.
   *
   * @throws ImportException if one depends on the batch size
   */
  public List<Long> toLongs(String what) {
    return Arrays.stream(known(what)).boxed().toList();
  }

  /**
   * The numbers as ints.
   *
   * @throws ImportException if one depends on the batch size or is out of range
   */
  public List<Integer> toInts(String what) {
    return toLongs(what).stream().map(v -> toInt(v, what)).toList();
  }

  /**
   * A number as an int.
   *
   * @throws ImportException if it is out of range
   */
  public static int toInt(long value, String what) {
    if (value != (int) value) {
      throw new ImportException(what + " has the value " + value + ", which is out of range");
    }
    return (int) value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WholeNumbers c
        && shape.equals(c.shape)
        && Arrays.equals(values, c.values)
        && Arrays.equals(batch, c.batch);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }
}
