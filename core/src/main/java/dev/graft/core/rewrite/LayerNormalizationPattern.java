package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * {@code scale (x - mean) / sqrt(mean((x - mean)^2) + epsilon) + bias} over the last axes, with or
 * without the bias. Scale and bias, which were constants of the arithmetic, become parameters.
 */
final class LayerNormalizationPattern implements Pattern {

  /** What is normalised, by what: {@code (x - mean) / sqrt(…)}. */
  private record Normalised(String x, int axis, double epsilon, Shape rows) {}

  @Override
  public @Nullable Node match(Terms terms, Node last) {
    if (last.op() instanceof Add) {
      for (int i = 0; i < 2; i++) {
        Node scaled = terms.only(Mul.class, last.inputs().get(1 - i));
        if (scaled != null) {
          Node found = scaled(terms, scaled, last, List.of(last.inputs().get(i)));
          if (found != null) {
            return found;
          }
        }
      }
    }
    return last.op() instanceof Mul ? scaled(terms, last, last, List.of()) : null;
  }

  private static @Nullable Node scaled(Terms terms, Node product, Node last, List<String> bias) {
    for (int i = 0; i < 2; i++) {
      String scale = product.inputs().get(i);
      Normalised norm = normalised(terms, product.inputs().get(1 - i));
      if (norm != null
          && terms.isStored(scale, norm.rows)
          && bias.stream().allMatch(b -> terms.isStored(b, norm.rows))) {
        Op op = new LayerNormalization(norm.axis, norm.epsilon);
        List<String> inputs =
            bias.isEmpty() ? List.of(norm.x, scale) : List.of(norm.x, scale, bias.get(0));
        return new Node(last.name(), op, inputs, last.outputs());
      }
    }
    return null;
  }

  private static @Nullable Normalised normalised(Terms terms, String value) {
    Node quotient = terms.only(Div.class, value);
    String root = quotient == null ? null : terms.inside(Sqrt.class, quotient.inputs().get(1));
    Node sum = root == null ? null : terms.only(Add.class, root);
    if (sum == null) {
      return null;
    }
    String centred = quotient.inputs().get(0);
    for (int i = 0; i < 2; i++) {
      double epsilon = terms.number(sum.inputs().get(i));
      Node variance = terms.only(ReduceMean.class, sum.inputs().get(1 - i));
      if (epsilon > 0 && variance != null && isSquare(terms, variance.inputs().get(0), centred)) {
        return centred(terms, centred, (ReduceMean) variance.op(), epsilon);
      }
    }
    return null;
  }

  /** Whether a value is the square of another that, beside it, one node reads. */
  private static boolean isSquare(Terms terms, String value, String of) {
    Node product = terms.only(Mul.class, value);
    Node power = terms.only(Pow.class, value);
    boolean isProduct = product != null && product.inputs().equals(List.of(of, of));
    boolean isPower =
        power != null
            && power.inputs().get(0).equals(of)
            && terms.number(power.inputs().get(1)) == 2;
    return (isProduct || isPower) && terms.readers(of) == 2;
  }

  /** {@code x} where a value is x without its mean over the last axes. */
  private static @Nullable Normalised centred(
      Terms terms, String centred, ReduceMean mean, double epsilon) {
    Node difference = terms.producer(Sub.class, centred);
    if (difference == null) {
      return null;
    }
    String x = difference.inputs().get(0);
    Node own = terms.only(ReduceMean.class, difference.inputs().get(1));
    Fact fact = terms.fact(x);
    if (own == null || fact == null || !own.inputs().get(0).equals(x)) {
      return null;
    }
    List<Integer> axes = lastAxes(mean, fact.shape());
    if (axes.isEmpty() || !axes.equals(lastAxes((ReduceMean) own.op(), fact.shape()))) {
      return null;
    }
    Shape rows = fact.shape().axes(axes.get(0), fact.shape().rank());
    return rows.isOpen()
        ? null
        : new Normalised(x, axes.get(0) - fact.shape().rank(), epsilon, rows);
  }

  /** The axes of a mean that keeps them, if they are the last ones; else none. */
  private static List<Integer> lastAxes(ReduceMean mean, Shape shape) {
    List<Integer> axes = mean.axes().stream().map(shape::axis).sorted().toList();
    List<Integer> last = IntStream.range(shape.rank() - axes.size(), shape.rank()).boxed().toList();
    return mean.keepDims() && axes.equals(last) ? axes : List.of();
  }
}
