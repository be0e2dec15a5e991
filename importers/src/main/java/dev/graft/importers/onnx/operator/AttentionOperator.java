package dev.graft.importers.onnx.operator;

import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Expand;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.PadMode;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Attention;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention (Vaswani et al., NeurIPS 2017) of opsets 23 and 24, with fewer heads
 * for keys than for queries where they are shared (Ainslie et al., EMNLP 2023): {@code softmax(q
 * k^T scale + bias) v}, where the bias is what is masked. Made of products and a Softmax.
 */
final class AttentionOperator {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Attention", node -> new AttentionOperator(node).read())
              .since(23)
              .folds(FoldRule.FLOATS)
              .writes(Attention.class, op -> OnnxOperator.WRITTEN, AttentionWriter::write));

  private static final int MASK = 3;
  private static final int PAST_KEY = 4;
  private static final int PAST_VALUE = 5;
  private static final int LENGTHS = 6;

  /** What is masked is as good as minus infinity and, unlike that, has a softmax and a gradient. */
  private static final double LEAST = -1e30;

  private final NodeCursor node;
  private final boolean flat;
  private final int heads;
  private final int sharedHeads;

  private AttentionOperator(NodeCursor node) {
    this.node = node;
    Shape q = node.shape(0);
    Shape k = node.shape(1);
    this.flat = q.rank() == 3;
    if (q.rank() < 3 || q.rank() > 4 || k.rank() != q.rank() || node.shape(2).rank() != q.rank()) {
      throw new ImportException("has queries " + q + " and keys " + k + ", not of 3 or 4 axes");
    }
    this.heads = flat ? node.integer("q_num_heads", 0) : q.size(1);
    this.sharedHeads = flat ? node.integer("kv_num_heads", 0) : k.size(1);
    if (heads < 1 || sharedHeads < 1 || heads % sharedHeads != 0) {
      throw new ImportException("has " + heads + " heads for " + sharedHeads + " of the keys");
    }
  }

  private void read() {
    Term q = split(node.term(0), heads);
    Term keys = joined(PAST_KEY, split(node.term(1), sharedHeads));
    Term values = joined(PAST_VALUE, split(node.term(2), sharedHeads));
    int width = shape(q).size(3);
    double scale = node.attributes().number("scale", 1 / Math.sqrt(width));
    Term products = q.times(node.number(scale)).matrixProduct(spread(keys).transpose(0, 1, 3, 2));
    double cap = node.attributes().number("softcap", 0);
    Term capped =
        cap == 0
            ? products
            : Term.of(new Tanh(), products.over(node.number(cap))).times(node.number(cap));
    Term bias = bias(shape(products));
    Term biased = bias == null ? capped : capped.plus(bias);
    Term scores = bias == null ? biased : biased.max(node.number(LEAST));
    Term weights = Term.of(new Softmax(-1), scores);
    if (bias != null) {
      Term most = bias.largest(List.of(-1), true);
      Term nothing = most.equal(node.number(Double.NEGATIVE_INFINITY));
      weights = nothing.choose(node.number(0), weights);
    }
    Term mixed = weights.matrixProduct(spread(values));
    node.emit(flat ? mixed.transpose(0, 2, 1, 3).reshape(0, 0, -1) : mixed);
    node.emitOutput(1, keys);
    node.emitOutput(2, values);
    if (node.hasOutput(3)) {
      node.emitOutput(
          3,
          switch (node.integer("qk_matmul_output_mode", 0)) {
            case 0 -> products;
            case 1 -> capped;
            case 2 -> biased;
            case 3 -> weights;
            default -> throw new ImportException("has an unknown qk_matmul_output_mode");
          });
    }
  }

  private Shape shape(Term term) {
    return node.graph().shape(node.emitTerm(term));
  }

  /** {@code [N, S, heads D]} to {@code [N, heads, S, D]}. */
  private Term split(Term x, int count) {
    return flat ? x.reshape(0, 0, count, -1).transpose(0, 2, 1, 3) : x;
  }

  /** Behind what came before, if that is given. */
  private Term joined(int past, Term now) {
    return node.has(past) ? Term.of(new Concat(2), node.term(past), now) : now;
  }

  /** Each head of the keys as often as queries share it. */
  private Term spread(Term x) {
    int times = heads / sharedHeads;
    if (times == 1) {
      return x;
    }
    Term apart = Term.of(new Unsqueeze(List.of(2)), x);
    Term repeated = Term.of(new Expand(List.of(1, 1, times, 1, 1)), apart);
    return repeated.reshape(0, heads, -1, shape(x).size(3));
  }

  /**
   * What is added to the products before the softmax; null for nothing.
   *
   * @param products their shape, {@code [N, heads, steps, all steps]}
   */
  private @Nullable Term bias(Shape products) {
    List<Term> parts = new ArrayList<>();
    if (node.has(MASK)) {
      parts.add(mask(products));
    }
    Known lengths = node.has(LENGTHS) ? node.known(LENGTHS) : null;
    if (node.integer("is_causal", 0) != 0) {
      parts.add(node.term(causal(products, lengths)));
    }
    if (lengths != null) {
      parts.add(node.term(padded(products, lengths)));
    }
    return parts.stream().reduce(Term::plus).orElse(null);
  }

  /** Where it is shorter than the keys, those behind it are masked. */
  private Term mask(Shape products) {
    boolean truth = node.isTruth(MASK);
    String given = truth ? node.floats(MASK) : node.input(MASK);
    Term mask = Term.of(given);
    Term bias = truth ? mask.choose(node.number(0), node.number(Double.NEGATIVE_INFINITY)) : mask;
    Shape shape = node.graph().shape(given);
    if (shape.rank() == 0 || shape.rank() > 4) {
      throw new ImportException("has a mask " + shape);
    }
    boolean known = shape.dim(-1).isKnown() && products.dim(3).isKnown();
    int missing = known ? products.size(3) - shape.size(-1) : 0;
    if (missing <= 0 || shape.size(-1) == 1) {
      return bias;
    }
    List<Integer> pads = new ArrayList<>(Collections.nCopies(2 * shape.rank(), 0));
    pads.set(pads.size() - 1, missing);
    return Term.of(new Pad(pads, PadMode.CONSTANT, Double.NEGATIVE_INFINITY), bias);
  }

  /** A step sees those before it: all that came before the first, or as many as there are keys. */
  private Tensor causal(Shape products, @Nullable Known lengths) {
    int steps = products.size(2);
    int all = products.size(3);
    int samples = lengths == null ? 1 : lengths.values().length;
    Shape shape = Shape.of(samples, 1, steps, all);
    node.graph().folding().expectFloats(shape);
    int past = node.has(PAST_KEY) ? node.shape(PAST_KEY, 4).size(2) : 0;
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      double before = lengths == null ? past : lengths.values()[i / (steps * all)] - steps;
      values[i] = i % all > before + i / all % steps ? Float.NEGATIVE_INFINITY : 0;
    }
    return Tensor.of(shape, values);
  }

  private Tensor padded(Shape products, Known lengths) {
    int all = products.size(3);
    Shape shape = Shape.of(lengths.values().length, 1, 1, all);
    node.graph().folding().expectFloats(shape);
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % all < lengths.values()[i / all] ? 0 : Float.NEGATIVE_INFINITY;
    }
    return Tensor.of(shape, values);
  }
}
