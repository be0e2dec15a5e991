package dev.graft.core.rewrite;

import dev.graft.core.graph.Node;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.Attention;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code softmax(number q k^T + mask) v}, where a Reshape and a Transpose take the heads of {@code
 * q}, {@code k} and {@code v [N, S, heads width]} apart, and put those of the result together
 * again.
 */
final class AttentionPattern implements Pattern {

  private static final List<Integer> BY_HEAD = List.of(0, 2, 1, 3);
  private static final List<Integer> BY_HEAD_TRANSPOSED = List.of(0, 2, 3, 1);

  /** A value of three axes, and the number of heads that its last one is cut into. */
  private record Heads(String value, int count) {}

  /** What the softmax is taken of: queries and keys by their values, and what is added. */
  private record Scores(Heads q, Heads k, double scale, @Nullable String mask) {}

  @Override
  public @Nullable Node match(Terms terms, Node last) {
    Fact result = terms.fact(last.output());
    if (!(last.op() instanceof Reshape) || result == null || result.shape().rank() != 3) {
      return null;
    }
    Node turned = terms.only(Transpose.class, last.inputs().get(0));
    Node mixed =
        turned != null && turned.op().equals(new Transpose(BY_HEAD))
            ? terms.only(MatMul.class, turned.inputs().get(0))
            : null;
    String softmax = mixed == null ? null : softmax(terms, mixed.inputs().get(0));
    if (softmax == null) {
      return null;
    }
    Heads v = heads(terms, mixed.inputs().get(1), BY_HEAD);
    Scores scores = v == null ? null : scores(terms, softmax);
    boolean one =
        scores != null
            && scores.q.count == v.count
            && scores.k.count == v.count
            && joins(terms, turned.output(), result.shape());
    if (!one) {
      return null;
    }
    List<String> inputs = new ArrayList<>(List.of(scores.q.value, scores.k.value, v.value));
    if (scores.mask != null) {
      inputs.add(scores.mask);
    }
    return new Node(last.name(), new Attention(v.count, scores.scale), inputs, last.outputs());
  }

  /** What a softmax over the keys is taken of. */
  private static @Nullable String softmax(Terms terms, String value) {
    Node node = terms.only(Softmax.class, value);
    boolean overKeys =
        node != null && node.op() instanceof Softmax s && (s.axis() == -1 || s.axis() == 3);
    return overKeys ? node.inputs().get(0) : null;
  }

  private static @Nullable Scores scores(Terms terms, String value) {
    Node sum = terms.only(Add.class, value);
    if (sum == null) {
      return products(terms, value, null);
    }
    for (int i = 0; i < 2; i++) {
      Scores found = products(terms, sum.inputs().get(i), sum.inputs().get(1 - i));
      if (found != null && isMask(terms, sum.inputs().get(1 - i), value)) {
        return found;
      }
    }
    return null;
  }

  private static boolean isMask(Terms terms, String mask, String scores) {
    Fact added = terms.fact(mask);
    Fact sum = terms.fact(scores);
    return added != null
        && sum != null
        && added.isFloat()
        && added.shape().rank() <= 4
        && sum.shape().rank() == 4;
  }

  private static @Nullable Scores products(Terms terms, String value, @Nullable String mask) {
    Terms.Product product = terms.product(value);
    Node node =
        product.terms().size() == 1 ? terms.only(MatMul.class, product.terms().get(0)) : null;
    if (node == null) {
      return null;
    }
    // A scale may be on the queries, or half of it on each.
    Terms.Product left = terms.product(node.inputs().get(0));
    Terms.Product right = terms.product(node.inputs().get(1));
    if (left.terms().size() != 1 || right.terms().size() != 1) {
      return null;
    }
    Heads q = heads(terms, left.terms().get(0), BY_HEAD);
    Heads k = heads(terms, right.terms().get(0), BY_HEAD_TRANSPOSED);
    double scale = product.number() * left.number() * right.number();
    return q == null || k == null ? null : new Scores(q, k, scale, mask);
  }

  /** What is taken apart into heads, its axes in that order. */
  private static @Nullable Heads heads(Terms terms, String value, List<Integer> order) {
    Node turned = terms.only(Transpose.class, value);
    if (turned == null || !turned.op().equals(new Transpose(order))) {
      return null;
    }
    Node cut = terms.only(Reshape.class, turned.inputs().get(0));
    if (cut == null || cut.inputs().size() != 1) {
      return null;
    }
    Fact from = terms.fact(cut.inputs().get(0));
    Fact to = terms.fact(cut.output());
    if (from == null || to == null || !from.isFloat() || from.shape().rank() != 3) {
      return null;
    }
    boolean apart =
        to.shape().rank() == 4
            && to.shape().dim(0).equals(from.shape().dim(0))
            && to.shape().dim(1).equals(from.shape().dim(1))
            && to.shape().dim(2).isKnown()
            && to.shape().dim(3).isKnown();
    return apart ? new Heads(cut.inputs().get(0), to.shape().size(2)) : null;
  }

  /** Whether {@code value [N, S, heads, width]} becomes {@code [N, S, heads width]}. */
  private static boolean joins(Terms terms, String value, Shape result) {
    Fact fact = terms.fact(value);
    return fact != null
        && fact.shape().rank() == 4
        && fact.shape().dim(0).equals(result.dim(0))
        && fact.shape().dim(1).equals(result.dim(1));
  }
}
