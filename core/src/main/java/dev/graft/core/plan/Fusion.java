package dev.graft.core.plan;

import dev.graft.core.graph.Node;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.WeightedProduct;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds what one kernel can do in a single pass: a convolution or a product with stored weights,
 * BatchNormalization in inference form with everything frozen, a bias, addition of a value that is
 * there already, activation; and BatchNormalization in training with its activation. A value
 * between them that anyone else reads, backward included, stays.
 */
final class Fusion {

  /**
   * Nodes that run as one.
   *
   * @param first the convolution or product; its weight is a stored tensor
   * @param norm folded into the weights of a convolution
   * @param bias adds one value for each column of a product
   * @param add its other operand is the residual
   * @param activation the last
   * @param last of these nodes: where the group runs
   */
  record Group(
      Flow.Visit first,
      Flow.@Nullable Visit norm,
      Flow.@Nullable Visit bias,
      Flow.@Nullable Visit add,
      Flow.@Nullable Visit activation,
      Flow.Visit last) {

    /** In the order in which they run. */
    private List<Flow.Visit> parts() {
      return Stream.of(first, norm, bias, add, activation).filter(Objects::nonNull).toList();
    }

    /** The operations, joined by a plus. */
    String work() {
      return parts().stream().map(part -> part.op().type()).collect(Collectors.joining("+"));
    }

    /** The value with one element for each channel or column; null for none. */
    @Nullable String biasName() {
      List<String> inputs = first.node().inputs();
      return inputs.size() > 2 ? inputs.get(2) : bias == null ? null : addend(bias);
    }

    /** The value of the result's shape that is added; null for none. */
    @Nullable String residualName() {
      return add == null ? null : addend(add);
    }

    /** What a sum adds to what comes before it. */
    private String addend(Flow.Visit sum) {
      List<Flow.Visit> parts = parts();
      return other(sum.node(), parts.get(parts.indexOf(sum) - 1).node().output());
    }
  }

  /**
   * A BatchNormalization in training and its activation.
   *
   * @param activation where the pair runs
   */
  record Normalization(Flow.Visit norm, Flow.Visit activation) {}

  private final Flow flow;
  private final Map<String, Integer> producers = new HashMap<>();
  private final Map<String, Flow.Visit> readers = new HashMap<>();
  private final Map<Flow.Visit, Group> groups = new HashMap<>();
  private final Map<Flow.Visit, Normalization> normalizations = new HashMap<>();

  Fusion(Flow flow) {
    this.flow = flow;
    List<Flow.Visit> visits = flow.visits();
    for (int i = 0; i < visits.size(); i++) {
      Flow.Visit visit = visits.get(i);
      for (String output : visit.node().outputs()) {
        producers.put(output, i);
      }
      visit.node().inputs().forEach(input -> readers.put(input, visit));
    }
    for (Flow.Visit visit : visits) {
      if (isPrepared(visit)) {
        Group group = group(visit);
        group.parts().forEach(part -> groups.put(part, group));
      }
    }
    for (Flow.Visit visit : visits) {
      Flow.Visit activation = trains(visit) ? next(visit) : null;
      if (activation != null
          && activation.op() instanceof Elementwise
          && activation.op().isCheap()
          && flow.shape(visit.node().output()).elements() > 0) {
        Normalization pair = new Normalization(visit, activation);
        normalizations.put(visit, pair);
        normalizations.put(activation, pair);
      }
    }
  }

  private static boolean trains(Flow.Visit visit) {
    return visit.op() instanceof BatchNormalization norm && norm.training();
  }

  /** The pair that {@code visit} is a part of; null where it runs by its own rule. */
  @Nullable Normalization normalization(Flow.Visit visit) {
    return normalizations.get(visit);
  }

  /** The group that {@code visit} is a part of; null where it runs by its own rule. */
  @Nullable Group of(Flow.Visit visit) {
    return groups.get(visit);
  }

  /** Kernels are made for sizes of at least 1, and for weights that are there before the pass. */
  private boolean isPrepared(Flow.Visit visit) {
    Node node = visit.node();
    return (visit.op() instanceof Conv || isProduct(visit))
        && flow.isStored(node.inputs().get(1))
        && flow.shape(node.inputs().get(0)).elements() > 0
        && flow.shape(node.inputs().get(1)).elements() > 0
        && flow.shape(node.output()).elements() > 0;
  }

  private boolean isProduct(Flow.Visit visit) {
    return visit.op() instanceof WeightedProduct product
        && !visit.node().inputs().contains("")
        && product.geometry(flow.inputShapes(visit.node())) != null;
  }

  private Group group(Flow.Visit first) {
    Flow.Visit norm = next(first, visit -> folds(first, visit));
    Flow.Visit last = norm == null ? first : norm;
    Flow.Visit product =
        first.op() instanceof Conv || first.node().inputs().size() > 2 ? null : last;
    Flow.Visit bias = product == null ? null : next(product, visit -> addsRow(product, visit));
    last = bias == null ? last : bias;
    Flow.Visit sum = last;
    Flow.Visit add = next(sum, visit -> addsResidual(sum, visit));
    last = add == null ? last : add;
    Flow.Visit activation = next(last, visit -> visit.op() instanceof Elementwise);
    last = activation == null ? last : activation;
    return new Group(first, norm, bias, add, activation, last);
  }

  /** The only reader of a visit's output, if nobody misses that output and it is what is wanted. */
  private Flow.@Nullable Visit next(Flow.Visit visit, Predicate<Flow.Visit> wanted) {
    Flow.Visit reader = next(visit);
    return reader != null && wanted.test(reader) ? reader : null;
  }

  /** The only reader of a visit's output, if nobody misses that output. */
  private Flow.@Nullable Visit next(Flow.Visit visit) {
    String value = visit.node().output();
    Flow.Visit reader = readers.get(value);
    if (!flow.isIntermediate(value) || reader == null || visit.saves().outputs().contains(0)) {
      return null;
    }
    int position = reader.node().inputs().indexOf(value);
    boolean taken = groups.containsKey(reader);
    return taken || reader.saves().inputs().contains(position) ? null : reader;
  }

  private boolean folds(Flow.Visit conv, Flow.Visit norm) {
    if (!(norm.op() instanceof BatchNormalization batchNorm) || batchNorm.training()) {
      return false;
    }
    List<String> stored =
        new ArrayList<>(conv.node().inputs().subList(1, conv.node().inputs().size()));
    stored.addAll(norm.node().inputs().subList(1, 5));
    boolean frozen = !conv.needs().of(1) && !conv.needs().of(2);
    return frozen
        && !norm.needs().of(1)
        && !norm.needs().of(2)
        && norm.node().inputs().indexOf(conv.node().output()) == 0
        && stored.stream().allMatch(flow::isStored);
  }

  /** Whether a value for each column of a product is added to it. */
  private boolean addsRow(Flow.Visit product, Flow.Visit add) {
    Shape shape = flow.shape(product.node().output());
    return shape.rank() > 0
        && isThere(product, add)
        && flow.shape(other(add.node(), product.node().output())).isRow(shape.size(-1))
        && flow.shape(add.node().output()).equals(shape);
  }

  /** The later of two convolutions takes the sum, so that neither has to wait. */
  private boolean addsResidual(Flow.Visit last, Flow.Visit add) {
    String value = last.node().output();
    return isThere(last, add) && flow.shape(other(add.node(), value)).equals(flow.shape(value));
  }

  /** Whether something is added to the output of {@code last} that is computed before it. */
  private boolean isThere(Flow.Visit last, Flow.Visit add) {
    String value = last.node().output();
    return add.op() instanceof Add
        && producers.getOrDefault(other(add.node(), value), -1) < producers.get(value);
  }

  /** The operand of a sum that is not {@code value}. */
  private static String other(Node add, String value) {
    return add.inputs().get(add.inputs().get(0).equals(value) ? 1 : 0);
  }
}
