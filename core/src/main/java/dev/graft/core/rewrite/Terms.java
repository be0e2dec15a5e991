package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic as a {@link Pattern} reads it: from a value back to what it is computed from, as long
 * as nothing else reads what is between.
 */
final class Terms {

  /** Exporters round the numbers of a formula to float32 once, or compute them there. */
  private static final double TOLERANCE = 5e-7;

  /** Products within products that are looked into; formulas nest no deeper. */
  private static final int DEPTH = 4;

  private final GraphEdit graph;

  Terms(GraphEdit graph) {
    this.graph = graph;
  }

  /**
   * Factors of a value: {@code number Π terms}.
   *
   * @param number the product of those that are stored numbers
   * @param terms the others, none of which is a product itself
   */
  record Product(double number, List<String> terms) {

    boolean has(double wanted, int count) {
      return isNear(number, wanted) && terms.size() == count;
    }

    /** The term beside one of two. */
    String other(String term) {
      return terms.get(terms.get(0).equals(term) ? 1 : 0);
    }
  }

  static boolean isNear(double found, double wanted) {
    return Math.abs(found - wanted) <= TOLERANCE * Math.abs(wanted);
  }

  /** What is known of a value; null if not even its rank is. */
  @Nullable Fact fact(String value) {
    return graph.fact(value);
  }

  /** How many nodes read a value, when nothing outside does; more than there can be otherwise. */
  int readers(String value) {
    return graph.isOutput(value) ? Integer.MAX_VALUE : graph.readerCount(value);
  }

  /** The node of that operation that computes a value, for one reader alone; null if none does. */
  @Nullable Node only(Class<? extends Op> type, String value) {
    return readers(value) == 1 ? producer(type, value) : null;
  }

  /** The node of that operation that computes a value; null if none does. */
  @Nullable Node producer(Class<? extends Op> type, String value) {
    Node node = graph.producer(value);
    return node != null && type.isInstance(node.op()) ? node : null;
  }

  /** The only input of such a node, see {@link #only}; null if there is none. */
  @Nullable String inside(Class<? extends Op> type, String value) {
    Node node = only(type, value);
    return node == null ? null : node.inputs().get(0);
  }

  /** The number that a value is, wherever it is read; NaN where it is not one that stays. */
  double number(String value) {
    Tensor tensor = graph.stored(value);
    if (tensor == null || tensor.shape().elements() != 1 || graph.role(value) != Role.CONSTANT) {
      return Double.NaN;
    }
    // The decimal that was rounded, such as 1e-5.
    return Double.parseDouble(Float.toString(tensor.toArray()[0]));
  }

  /** Whether a value is a stored tensor, other than running statistics, of that shape. */
  boolean isStored(String value, Shape shape) {
    Tensor tensor = graph.stored(value);
    return tensor != null && tensor.shape().equals(shape) && graph.role(value) != Role.STATE;
  }

  /** The value that such a sum adds {@code number} to; null if it does not. */
  @Nullable String plus(double number, String value) {
    Node sum = only(Add.class, value);
    for (int i = 0; sum != null && i < 2; i++) {
      if (isNear(number(sum.inputs().get(i)), number)) {
        return sum.inputs().get(1 - i);
      }
    }
    return null;
  }

  /** The factors of what a node computes; itself where it is no product. */
  Product product(Node last) {
    return factors(last, last.output(), DEPTH);
  }

  /** The factors of a value. */
  Product product(String value) {
    return inner(value, DEPTH);
  }

  private Product inner(String value, int depth) {
    boolean alone = depth > 0 && readers(value) == 1;
    return factors(alone ? graph.producer(value) : null, value, depth - 1);
  }

  private Product factors(@Nullable Node node, String value, int depth) {
    double number = number(value);
    if (!Double.isNaN(number)) {
      return new Product(number, List.of());
    }
    if (node != null && node.op() instanceof Mul) {
      return times(inner(node.inputs().get(0), depth), inner(node.inputs().get(1), depth));
    }
    double divisor = node != null && node.op() instanceof Div ? number(node.inputs().get(1)) : 0;
    if (node != null && divisor != 0 && !Double.isNaN(divisor)) {
      return times(inner(node.inputs().get(0), depth), new Product(1 / divisor, List.of()));
    }
    return new Product(1, List.of(value));
  }

  private static Product times(Product a, Product b) {
    List<String> terms = new ArrayList<>(a.terms);
    terms.addAll(b.terms);
    return new Product(a.number * b.number, terms);
  }
}
