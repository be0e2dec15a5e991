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

  /** Empty where {@link #bytes} holds them. */
  private final long[] values;

  /** A quantised weight as its file has it: eight bytes each would be more than its floats. */
  private final byte @Nullable [] bytes;

  private final boolean signed;

  /** Expressions, null for each number that is known; null where all are. */
  private final @Nullable Size @Nullable [] open;

  private WholeNumbers(Shape shape, long[] values, @Nullable Size @Nullable [] open) {
    this.shape = shape;
    this.values = values;
    this.open = open;
    this.bytes = null;
    this.signed = true;
  }

  private WholeNumbers(Shape shape, byte[] bytes, boolean signed) {
    this.shape = shape;
    this.values = new long[0];
    this.open = null;
    this.bytes = bytes;
    this.signed = signed;
  }

  /**
   * A quantised weight, to be read by {@link #at}: it takes part in no arithmetic on shapes.
   *
   * @param bytes not copied
   * @param signed whether they are -128 to 127, or 0 to 255
   */
  public static WholeNumbers quantised(Shape shape, byte[] bytes, boolean signed) {
    return new WholeNumbers(shape, bytes, signed);
  }

  /**
   * The element at a position, row-major, of numbers none of which is open.
   *
   * @throws ImportException if it depends on a size that is open
   */
  public long at(int i) {
    if (bytes != null) {
      return signed ? bytes[i] : bytes[i] & 0xFF;
    }
    return open == null ? values[i] : known("a number")[i];
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
    return bytes == null ? values.length : bytes.length;
  }

  /** Element {@code i}, row-major. */
  public Size get(int i) {
    if (bytes != null) {
      return Size.of(at(i));
    }
    @Nullable Size size = open == null ? null : open[i];
    return size == null ? Size.of(values[i]) : size;
  }

  /**
   * @throws ImportException if they are a quantised weight
   */
  private void expectListed() {
    if (bytes != null) {
      throw new ImportException(
          "works on the "
              + bytes.length
              + " whole numbers of a quantised weight; export the float32 model");
    }
  }

  /** The elements at the given positions, as a tensor of another shape. */
  public WholeNumbers pick(Shape shape, int... positions) {
    expectListed();
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
      part.expectListed();
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
    expectListed();
    other.expectListed();
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
    expectListed();
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
