package dev.graft.core.train.loss;

import dev.graft.core.graph.GraphException;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.arithmetic.Log;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.loss.ClassIndicator;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.op.reduction.ReduceMean;
import java.util.List;

/**
 * Decoupled distillation: {@code T^2 (TCKD + beta NCKD)}, where TCKD is the divergence of how
 * probable the true class is against all others, and NCKD that of the others among themselves,
 * which plain soft targets weigh down the surer the teacher is (Zhao, Cui, Song, Qiu, Liang,
 * "Decoupled Knowledge Distillation", CVPR 2022, equation 7 with alpha 1). Of an unlabelled example
 * NCKD is the divergence over all classes, and TCKD is 0.
 *
 * @param temperature T, above 0
 * @param beta weight of NCKD, at least 0; 8 is usual
 */
public record Decoupled(double temperature, double beta) implements Likeness {

  /** In units of T: what is that far below has no probability. */
  private static final double FAR = 1000;

  private static final double LEAST_PROBABILITY = 1e-12;

  /**
   * @throws IllegalArgumentException if beta is negative or not finite
   */
  public Decoupled {
    if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("beta must be at least 0, found " + beta);
    }
  }

  @Override
  public String behind(LossGraph network, String student, String teacher) {
    int classes = network.item(student).size(0);
    if (network.item(network.target(Loss.TARGET)).rank() > 0) {
      throw new GraphException(
          "decoupled distillation needs one true class for each picture; mix none, or take another"
              + " method");
    }
    String truth = network.add(new ClassIndicator(classes), network.target(Loss.TARGET));
    WeightedSum without = new WeightedSum(List.of(1.0, -FAR * temperature));
    String others =
        network.add(
            new Distillation(temperature),
            network.add(without, student, truth),
            network.add(without, teacher, truth));
    String p = probability(network, teacher);
    String q = probability(network, student);
    String hit = divergence(network, mean(network, p, truth), mean(network, q, truth));
    String miss = divergence(network, rest(network, p, truth), rest(network, q, truth));
    // The means over classes and examples are those of sums over classes.
    double scale = temperature * temperature * classes;
    return network.add(new WeightedSum(List.of(scale, scale, beta)), hit, miss, others);
  }

  private String probability(LossGraph network, String logits) {
    return network.add(
        new Softmax(1), network.add(new WeightedSum(List.of(1 / temperature)), logits));
  }

  /** The share of the true class, {@code [N,1]}, divided by the number of classes. */
  private static String mean(LossGraph network, String probabilities, String truth) {
    return network.add(
        new ReduceMean(List.of(1), true), network.add(new Mul(), probabilities, truth));
  }

  /** The share of all others. */
  private static String rest(LossGraph network, String probabilities, String truth) {
    String hit = network.add(new Mul(), probabilities, truth);
    return network.add(
        new ReduceMean(List.of(1), true), network.add(new Sub(), probabilities, hit));
  }

  /** {@code mean p (log p - log q)}, a scalar. */
  private static String divergence(LossGraph network, String p, String q) {
    Clip positive = new Clip(LEAST_PROBABILITY, Double.POSITIVE_INFINITY);
    String logP = network.add(new Log(), network.add(positive, p));
    String logQ = network.add(new Log(), network.add(positive, q));
    String terms = network.add(new Mul(), p, network.add(new Sub(), logP, logQ));
    return network.add(new ReduceMean(List.of(0, 1), false), terms);
  }
}
