package dev.graft.core.graph;

import dev.graft.core.op.Op;
import dev.graft.core.op.Scores;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.reduction.ReduceMean;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * What the numbers of an output mean, derived once: by walking back from it to the Softmax or
 * Sigmoid that made them, through whatever keeps or only scales them.
 *
 * @param kind what they are
 * @param scoring the nodes that made them of logits: a Softmax or Sigmoid first, then clips behind
 *     it; none where a loss cannot let the logits through instead
 */
public record OutputMeaning(Kind kind, List<Node> scoring) {

  /** What numbers are. */
  public enum Kind {
    /** Any numbers; a softmax makes probabilities of them if there are several. */
    LOGITS,
    /** Probabilities of classes of which one applies, or logarithms of these. */
    CLASSES,
    /**
     * Probabilities of labels, each of which applies or not. A single one tells two classes apart:
     * it is the probability of the second.
     */
    LABELS,
    /** Something else, such as probabilities that were scaled: they stand for themselves. */
    NUMBERS
  }

  /** Nothing says what the numbers are. */
  public static final OutputMeaning UNKNOWN = new OutputMeaning(Kind.LOGITS, List.of());

  /** Clips around 0 and 1 keep probabilities from the ends, where logarithms would be infinite. */
  private static final double NEAR_END = 1e-3;

  public OutputMeaning {
    scoring = List.copyOf(scoring);
  }

  /**
   * The meaning of the only output.
   *
   * @throws GraphException if there are several
   */
  public static OutputMeaning of(Graph graph) {
    return of(graph, graph.output());
  }

  /** The meaning of a value. */
  public static OutputMeaning of(Graph graph, String value) {
    boolean scaled = false;
    boolean averaged = false;
    Deque<Node> scoring = new ArrayDeque<>();
    for (Node node = graph.producer(value); node != null; ) {
      Op op = node.op();
      Kind kind = kind(op.scores());
      if (kind != Kind.LOGITS) {
        scoring.addFirst(node);
        return new OutputMeaning(
            scaled ? Kind.NUMBERS : kind, scaled || averaged ? List.of() : List.copyOf(scoring));
      }
      List<String> computed =
          node.inputs().stream().filter(i -> !graph.stored().containsKey(i)).toList();
      boolean clips = isClip(op);
      boolean passes = clips || keeps(op) || isScale(op) || isAverage(op);
      if (computed.size() != 1 || !passes) {
        break;
      }
      scaled |= isScale(op);
      averaged |= isAverage(op);
      if (clips) {
        scoring.addFirst(node);
      }
      node = graph.producer(computed.get(0));
    }
    return UNKNOWN;
  }

  private static Kind kind(Scores scores) {
    return switch (scores) {
      case PROBABILITIES, LOG_PROBABILITIES -> Kind.CLASSES;
      case PROBABILITY_EACH -> Kind.LABELS;
      case NONE -> Kind.LOGITS;
    };
  }

  /** Whether an operation hands probabilities on as they are, some of them or in other places. */
  private static boolean keeps(Op op) {
    return op.isView()
        || op instanceof Identity
        || op instanceof Dropout
        || op instanceof Slice
        || op instanceof Transpose;
  }

  private static boolean isClip(Op op) {
    return op instanceof Clip clip && clip.min() <= NEAR_END && clip.max() >= 1 - NEAR_END;
  }

  private static boolean isScale(Op op) {
    return op instanceof Mul || op instanceof Div || op instanceof Add || op instanceof Sub;
  }

  /** The mean of probabilities is one too, but not that of the logits behind them. */
  static boolean isAverage(Op op) {
    return op instanceof GlobalAveragePool || op instanceof ReduceMean;
  }

  /** Whether the numbers are logarithms of what they mean. */
  public boolean isLogarithm() {
    return !scoring.isEmpty() && scoring.get(0).op().scores() == Scores.LOG_PROBABILITIES;
  }

  /** The graph a loss is attached to: what made scores of logits lets these through. */
  public Graph logits(Graph graph) {
    Set<Node> passed = Set.copyOf(scoring);
    return graph.mapNodes(n -> passed.contains(n) ? n.with(new Identity()) : n);
  }

  /**
   * Whether so many labels name so many outputs: one each, or two classes for one output, which is
   * the probability or the logit of the second.
   */
  public static boolean fit(int labels, int outputs) {
    return labels == outputs || (outputs == 1 && labels == 2);
  }
}
