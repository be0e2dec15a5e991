package dev.graft.core.tensor;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a value before it is computed.
 *
 * @param type of its elements
 * @param shape its sizes, of which some may be open
 * @param numbers its elements where they are whole numbers that are known, row-major, each perhaps
 *     an expression in open sizes: a shape, positions along an axis; null elsewhere
 */
public record Fact(ElementType type, Shape shape, @Nullable List<Size> numbers) {

  public Fact {
    numbers = numbers == null ? null : List.copyOf(numbers);
  }

  /** A value of which the type and the shape are known. */
  public static Fact of(ElementType type, Shape shape) {
    return new Fact(type, shape, null);
  }

  /** A float value. */
  public static Fact of(Shape shape) {
    return of(ElementType.FLOAT32, shape);
  }

  /** A vector of known whole numbers. */
  public static Fact vector(List<Size> numbers) {
    return new Fact(ElementType.INT64, Shape.of(numbers.size()), numbers);
  }

  /** Of a tensor that is there; not its numbers, which may differ the next time. */
  public static Fact of(Tensor tensor) {
    return of(tensor.type(), tensor.shape());
  }

  /** Of a tensor that is there, with its numbers where they are whole. */
  public static Fact told(Tensor tensor) {
    return new Fact(
        tensor.type(),
        tensor.shape(),
        tensor.type() == ElementType.FLOAT32
            ? null
            : Arrays.stream(tensor.toLongs()).mapToObj(Size::of).toList());
  }

  /** The shape of each, null for null. */
  public static List<@Nullable Shape> shapes(List<? extends @Nullable Fact> facts) {
    return facts.stream().<@Nullable Shape>map(f -> f == null ? null : f.shape()).toList();
  }

  /**
   * Its elements, which must be whole numbers.
   *
   * @throws OpenSizeException if they are known only once they are computed
   */
  public List<Size> expectNumbers() {
    if (numbers == null) {
      throw new OpenSizeException(
          "depends on numbers that are known only once they are computed: " + this);
    }
    return numbers;
  }

  /** Whether its elements are floats. */
  public boolean isFloat() {
    return type == ElementType.FLOAT32;
  }

  /** Whether every element is a known number, so that nothing remains to be computed. */
  public boolean isKnown() {
    return numbers != null && numbers.stream().allMatch(Size::isKnown);
  }

  /**
   * The elements that {@link #isKnown are known}, as a tensor.
   *
   * @throws OpenSizeException if one is open
   */
  public Tensor tensor() {
    return Tensor.whole(type, shape, expectNumbers().stream().mapToLong(Size::known).toArray());
  }

  /** For example {@code float32 [N,3,224,224]} or {@code int64 [2] = [N,512]}. */
  @Override
  public String toString() {
    return type
        + " "
        + shape
        + (numbers == null ? "" : " = " + numbers.toString().replace(" ", ""));
  }
}
