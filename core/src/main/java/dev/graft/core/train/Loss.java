package dev.graft.core.train;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Head;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.loss.WeightedSum;
import java.util.List;

/**
 * What training minimises. A loss is a piece of graph like any other: {@link #attach} puts it
 * behind a network.
 */
public sealed interface Loss {

  /** Input of the targets, {@code [N,K]} for K outputs. */
  String TARGET = "graft.target";

  /** Input of the teacher's logits, {@code [N,K]}; only where there is a teacher. */
  String TEACHER = "graft.teacher";

  /** Output that holds the loss, a scalar. */
  String VALUE = "graft.loss";

  /**
   * {@code graph} with this loss behind its output: the targets are a further input, and the
   * outputs are the old one and {@link #VALUE}. A final Softmax before a cross-entropy lets the
   * logits through.
   *
   * @throws dev.graft.core.graph.GraphException if the graph has several outputs
   */
  Graph attach(Graph graph);

  /**
   * Softmax cross-entropy with the classes, see {@link SoftmaxCrossEntropy}.
   *
   * @param smoothing label smoothing, in [0, 1)
   */
  record CrossEntropy(double smoothing) implements Loss {
    @Override
    public Graph attach(Graph graph) {
      LossGraph loss = new LossGraph(Head.logits(graph)).ofClasses();
      loss.add(VALUE, new SoftmaxCrossEntropy(smoothing), loss.judged(), loss.input(TARGET));
      return loss.finish();
    }
  }

  /** Mean squared error of the output itself, see {@link MeanSquaredError}: for regression. */
  record SquaredError() implements Loss {
    @Override
    public Graph attach(Graph graph) {
      LossGraph loss = new LossGraph(graph);
      loss.add(VALUE, new MeanSquaredError(), loss.judged(), loss.input(TARGET));
      return loss.finish();
    }
  }

  /**
   * {@code alpha T^2 KL(teacher || student at temperature T) + (1 - alpha) cross-entropy with the
   * classes} (Hinton, Vinyals, Dean, 2015).
   *
   * @param temperature T, above 0
   * @param alpha weight of the teacher, in [0, 1]
   * @param smoothing label smoothing, in [0, 1)
   */
  record Distilled(double temperature, double alpha, double smoothing) implements Loss {

    /**
     * @throws IllegalArgumentException if alpha is not in [0, 1]
     */
    public Distilled {
      if (!(alpha >= 0 && alpha <= 1)) {
        throw new IllegalArgumentException("alpha must be in [0, 1], found " + alpha);
      }
    }

    @Override
    public Graph attach(Graph graph) {
      LossGraph loss = new LossGraph(Head.logits(graph)).ofClasses();
      String logits = loss.judged();
      String hard =
          loss.add(VALUE + ".hard", new SoftmaxCrossEntropy(smoothing), logits, loss.input(TARGET));
      String soft =
          loss.add(VALUE + ".soft", new Distillation(temperature), logits, loss.input(TEACHER));
      loss.add(VALUE, new WeightedSum(List.of(alpha, 1 - alpha)), soft, hard);
      return loss.finish();
    }
  }
}
