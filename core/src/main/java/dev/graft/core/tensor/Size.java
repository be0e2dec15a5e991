package dev.graft.core.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The size of an axis: a number or, as long as that is open, an expression such as {@code N},
 * {@code 16*N} or {@code (height-1)/2+1}.
 *
 * <p>Sums, products and quotients without remainder are kept as polynomials in what is open, so
 * that sizes that are equal by arithmetic are equal; whatever else is computed of an open size is
 * an unknown of its own, equal to what is computed of it in the same way. Immutable.
 */
public final class Size {

  /** The number of samples: the same for all values of a graph that hold any. */
  public static final Size BATCH = open("N", "batch");

  /**
   * Something open.
   *
   * @param text how it is shown
   * @param identity tells it from others, which may be shown alike
   */
  private record Unknown(String text, Object identity) {}

  /** Factor of each product of unknowns, sorted by their text; the empty product is 1. */
  private final Map<List<Unknown>, Long> terms;

  private Size(Map<List<Unknown>, Long> terms) {
    this.terms = terms;
  }

  public static Size of(long number) {
    return new Size(number == 0 ? Map.of() : Map.of(List.of(), number));
  }

  /**
   * A size that is not known yet.
   *
   * @param name how it is shown, such as {@code height}
   * @param owner whose it is: two open sizes are the same only if name and owner are
   */
  public static Size open(String name, String owner) {
    return unknown(name, owner);
  }

  /**
   * What a function that sizes have no arithmetic for makes of some of them.
   *
   * @param text how it is shown
   * @param identity the function and all its arguments
   */
  public static Size unknown(String text, Object identity) {
    return new Size(Map.of(List.of(new Unknown(text, identity)), 1L));
  }

  /** Whether it is a number. */
  public boolean isKnown() {
    return terms.isEmpty() || (terms.size() == 1 && terms.containsKey(List.<Unknown>of()));
  }

  /**
   * The number it is.
   *
   * @throws OpenSizeException if it is still open
   */
  public long known() {
    if (!isKnown()) {
      throw new OpenSizeException("the size " + this + " is still open");
    }
    return terms.getOrDefault(List.<Unknown>of(), 0L);
  }

  /** Whether it is the number {@code number}, whatever is open. */
  public boolean is(long number) {
    return isKnown() && known() == number;
  }

  /** Whether it and {@code other} can turn out to be the same number. */
  public boolean mayEqual(Size other) {
    Size difference = minus(other);
    return !difference.isKnown() || difference.known() == 0;
  }

  public Size plus(Size other) {
    Map<List<Unknown>, Long> sum = new HashMap<>(terms);
    other.terms.forEach((product, factor) -> add(sum, product, factor));
    return new Size(sum);
  }

  public Size plus(long number) {
    return plus(of(number));
  }

  public Size minus(Size other) {
    return plus(other.times(of(-1)));
  }

  public Size times(Size other) {
    Map<List<Unknown>, Long> result = new HashMap<>();
    terms.forEach(
        (left, a) ->
            other.terms.forEach(
                (right, b) -> add(result, joined(left, right), exact(Math::multiplyExact, a, b))));
    return new Size(result);
  }

  /** {@code floor(this / other)}. */
  public Size over(Size other) {
    if (isKnown() && other.isKnown() && !other.is(0)) {
      return of(Math.floorDiv(known(), other.known()));
    }
    Size exact = other.terms.size() == 1 ? quotient(other) : null;
    return exact != null
        ? exact
        : unknown(grouped() + "/" + other.grouped(), List.of("over", this, other));
  }

  /**
   * The quotient of whole numbers, which is cut off towards zero.
   *
   * @throws ShapeException if {@code other} is 0
   */
  public Size dividedBy(Size other) {
    if (other.is(0)) {
      throw new ShapeException("a division of " + this + " by zero");
    }
    return isKnown() && other.isKnown() ? of(known() / other.known()) : over(other);
  }

  public Size over(long number) {
    return over(of(number));
  }

  /** Each term divided by the only one of {@code other}; null where something is left over. */
  private @Nullable Size quotient(Size other) {
    Map.Entry<List<Unknown>, Long> divisor = other.terms.entrySet().iterator().next();
    Map<List<Unknown>, Long> result = new HashMap<>();
    for (Map.Entry<List<Unknown>, Long> term : terms.entrySet()) {
      List<Unknown> left = new ArrayList<>(term.getKey());
      for (Unknown factor : divisor.getKey()) {
        if (!left.remove(factor)) {
          return null;
        }
      }
      if (term.getValue() % divisor.getValue() != 0) {
        return null;
      }
      result.put(List.copyOf(left), term.getValue() / divisor.getValue());
    }
    return new Size(result);
  }

  private static void add(Map<List<Unknown>, Long> sum, List<Unknown> product, long factor) {
    long total = exact(Math::addExact, sum.getOrDefault(product, 0L), factor);
    if (total == 0) {
      sum.remove(product);
    } else {
      sum.put(product, total);
    }
  }

  /** Sizes of a file may be any numbers. */
  private static long exact(LongBinaryOperator operation, long a, long b) {
    try {
      return operation.applyAsLong(a, b);
    } catch (ArithmeticException e) {
      throw new ShapeException("sizes beyond 2^63");
    }
  }

  private static List<Unknown> joined(List<Unknown> left, List<Unknown> right) {
    List<Unknown> all = new ArrayList<>(left);
    all.addAll(right);
    all.sort((a, b) -> (a.text + a.identity).compareTo(b.text + b.identity));
    return Collections.unmodifiableList(all);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Size size && terms.equals(size.terms);
  }

  @Override
  public int hashCode() {
    return terms.hashCode();
  }

  private static String text(List<Unknown> product) {
    return String.join("*", product.stream().map(Unknown::text).toList());
  }

  private String grouped() {
    return isKnown() || terms.size() == 1 ? toString() : "(" + this + ")";
  }

  /** For example {@code 224}, {@code N}, {@code 16*N} or {@code (height-1)/2+1}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    terms.entrySet().stream()
        .sorted(
            Comparator.comparing((Map.Entry<List<Unknown>, Long> t) -> text(t.getKey())).reversed())
        .forEach(
            term -> {
              long factor = term.getValue();
              String product = text(term.getKey());
              text.append(text.length() > 0 && factor > 0 ? "+" : "");
              if (product.isEmpty()) {
                text.append(factor);
              } else {
                text.append(factor == 1 ? "" : factor == -1 ? "-" : factor + "*").append(product);
              }
            });
    return text.length() == 0 ? "0" : text.toString();
  }
}
