package dev.graft.importers.graph;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of whole numbers known at import: a shape, a list of axes. An element may be an
 * expression in sizes that are still open.
 */
public final class WholeNumbers {

  private final Shape shape;
  private final long[] values;

  /** Expressions, null for each number that is known; null where all are. */
  private final @Nullable Size @Nullable [] open;

  private WholeNumbers(Shape shape, long[] values, @Nullable Size @Nullable [] open) {
    this.shape = shape;
    this.values = values;
    this.open = open;
  }

  /** Of these numbers. */
  public static WholeNumbers of(Shape shape, long... values) {
    return new WholeNumbers(shape, values, null);
  }

  /** A vector of these numbers. */
  public static WholeNumbers vector(long... values) {
    return of(Shape.of(values.length), values);
  }

  /** Of sizes, known or open. */
  public static WholeNumbers of(Shape shape, List<Size> sizes) {
    long[] values = new long[sizes.size()];
    @Nullable Size[] open = new Size[sizes.size()];
    boolean any = false;
    for (int i = 0; i < values.length; i++) {
      Size size = sizes.get(i);
      if (size.isKnown()) {
        values[i] = size.known();
      } else {
        open[i] = size;
        any = true;
      }
    }
    return new WholeNumbers(shape, values, any ? open : null);
  }

  /** The sizes of the tensor; it is a vector in nearly all files. */
  public Shape shape() {
    return shape;
  }

  /** Whether an element depends on a size that is open. */
  public boolean isOpen() {
    return open != null && Arrays.stream(open).anyMatch(size -> size != null);
  }

  /** How many there are. */
  public int size() {
    return values.length;
  }

  /** Element {@code i}, row-major. */
  public Size get(int i) {
    @Nullable Size size = open == null ? null : open[i];
    return size == null ? Size.of(values[i]) : size;
  }

  /** The elements at the given positions, as a tensor of another shape. */
  public WholeNumbers pick(Shape shape, int... positions) {
    long[] picked = new long[positions.length];
    @Nullable Size @Nullable [] expressions = open == null ? null : new Size[positions.length];
    for (int i = 0; i < positions.length; i++) {
      picked[i] = values[positions[i]];
      if (expressions != null && open != null) {
        expressions[i] = open[positions[i]];
      }
    }
    return new WholeNumbers(shape, picked, expressions);
  }

  /** All elements of {@code parts} behind each other. */
  public static WholeNumbers joined(List<WholeNumbers> parts) {
    int size = toInt(parts.stream().mapToLong(WholeNumbers::size).sum(), "a count of numbers");
    long[] values = new long[size];
    boolean any = parts.stream().anyMatch(part -> part.open != null);
    @Nullable Size @Nullable [] open = any ? new Size[size] : null;
    int at = 0;
    for (WholeNumbers part : parts) {
      System.arraycopy(part.values, 0, values, at, part.size());
      if (open != null && part.open != null) {
        System.arraycopy(part.open, 0, open, at, part.size());
      }
      at += part.size();
    }
    return new WholeNumbers(Shape.of(size), values, open);
  }

  /**
   * {@code this type other} for each element, both of one shape.
   *
   * @param type Add, Sub, Mul or Div, which cuts off as integer division does
   * @throws ImportException if a number is divided by zero
   */
  public WholeNumbers combine(String type, WholeNumbers other) {
    if (open == null && other.open == null) {
      long[] results = new long[size()];
      for (int i = 0; i < results.length; i++) {
        results[i] = combined(type, values[i], other.values[i]);
      }
      return new WholeNumbers(shape, results, null);
    }
    Size[] results = new Size[size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = combined(type, get(i), other.get(i));
    }
    return of(shape, List.of(results));
  }

  private static long combined(String type, long x, long y) {
    try {
      return exactly(type, x, y);
    } catch (ArithmeticException e) {
      throw new ImportException("computes a whole number beyond 2^63 of " + x + " and " + y, e);
    }
  }

  private static long exactly(String type, long x, long y) {
    return switch (type) {
      case "Add" -> Math.addExact(x, y);
      case "Sub" -> Math.subtractExact(x, y);
      case "Mul" -> Math.multiplyExact(x, y);
      default -> {
        if (y == 0) {
          throw new ImportException("divides by zero");
        }
        yield x / y;
      }
    };
  }

  private static Size combined(String type, Size x, Size y) {
    if (x.isKnown() && y.isKnown()) {
      return Size.of(combined(type, x.known(), y.known()));
    }
    return switch (type) {
      case "Add" -> x.plus(y);
      case "Sub" -> x.minus(y);
      case "Mul" -> x.times(y);
      default -> {
        if (y.is(0)) {
          throw new ImportException("divides by zero");
        }
        yield x.over(y);
      }
    };
  }

  /**
   * The numbers, not copied.
   *
   * @throws ImportException if one depends on a size that is open
   */
  public long[] known(String what) {
    for (int i = 0; open != null && i < open.length; i++) {
      if (open[i] != null) {
        throw new ImportException(what + " depends on the size " + open[i] + ", which is open");
      }
    }
    return values;
  }

  /**
   * The numbers as a list.
   *
   * @throws ImportException if one depends on a size that is open
   */
  public List<Long> toLongs(String what) {
    return Arrays.stream(known(what)).boxed().toList();
  }

  /**
   * The numbers as ints.
   *
   * @throws ImportException if one depends on a size that is open, or is out of range
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
}
