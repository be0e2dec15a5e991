package dev.graft.core.plan;

import dev.graft.core.graph.Node;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.normalization.BatchNormalization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what one kernel can do in a single pass: convolution, BatchNormalization in inference form
 * with everything frozen, addition of a value that is there already, activation; and
 * BatchNormalization in training with its activation. A value between them that anyone else reads,
 * backward included, stays.
 */
final class Fusion {

  /**
   * Nodes that run as one.
   *
   * @param convolution the first; its weight is a stored tensor
   * @param norm folded into the weights
   * @param add its other operand is the residual
   * @param activation the last
   * @param last of these nodes: where the group runs
   */
  record Group(
      Flow.Visit convolution,
      Flow.@Nullable Visit norm,
      Flow.@Nullable Visit add,
      Flow.@Nullable Visit activation,
      Flow.Visit last) {}

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
      if (visit.op() instanceof Conv && isPacked(visit)) {
        Group group = group(visit);
        for (Flow.Visit part : parts(group)) {
          groups.put(part, group);
        }
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

  private static List<Flow.Visit> parts(Group group) {
    List<Flow.Visit> parts = new ArrayList<>(List.of(group.convolution()));
    for (Flow.Visit part : new Flow.Visit[] {group.norm(), group.add(), group.activation()}) {
      if (part != null) {
        parts.add(part);
      }
    }
    return parts;
  }

  /** Kernels are made for sizes of at least 1, and for weights that are there before the pass. */
  private boolean isPacked(Flow.Visit conv) {
    Node node = conv.node();
    return flow.isStored(node.inputs().get(1))
        && flow.shape(node.inputs().get(0)).elements() > 0
        && flow.shape(node.inputs().get(1)).elements() > 0
        && flow.shape(node.output()).elements() > 0;
  }

  private Group group(Flow.Visit conv) {
    Flow.Visit last = conv;
    Flow.Visit norm = next(last);
    if (norm != null && folds(conv, norm)) {
      last = norm;
    } else {
      norm = null;
    }
    Flow.Visit add = next(last);
    if (add != null && addsResidual(last, add)) {
      last = add;
    } else {
      add = null;
    }
    Flow.Visit activation = next(last);
    if (activation != null && activation.op() instanceof Elementwise) {
      last = activation;
    } else {
      activation = null;
    }
    return new Group(conv, norm, add, activation, last);
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

  /** The later of two convolutions takes the sum, so that neither has to wait. */
  private boolean addsResidual(Flow.Visit last, Flow.Visit add) {
    String value = last.node().output();
    if (!(add.op() instanceof Add)) {
      return false;
    }
    List<String> operands = add.node().inputs();
    String other = operands.get(operands.get(0).equals(value) ? 1 : 0);
    return flow.shape(other).equals(flow.shape(value))
        && producers.getOrDefault(other, -1) < producers.get(value);
  }
}
