package dev.graft.core.transfer.probe;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Weights;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Best;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.Metrics;
import dev.graft.core.train.Phase;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.train.Trainer;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import dev.graft.core.transfer.feature.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tries a {@link SolvedHead} behind the phase that trained the head by steps; the trainer keeps the
 * better of the two by what it chooses by.
 *
 * @param margin by how many standard errors of the mean difference in loss it may be the worse one,
 *     and is yet taken
 */
public record HeadTrial(
    Trainer trainer,
    Variables variables,
    Backend backend,
    TrainListener listener,
    Cancellation cancellation,
    double margin) {

  /** What the best state is called where it is that. */
  private static final String NAME = "the head in closed form";

  /**
   * Solves, validates and tells; does nothing where there is nothing to solve.
   *
   * @param phase that has just ended
   * @param head of the whole model
   * @param objective from cached features to the loss
   * @param data cached features with their classes
   * @param validation the same to validate on, in batches
   */
  public void behind(
      Phase phase,
      Head head,
      Loss loss,
      Objective objective,
      Split<Dataset> data,
      Batches validation) {
    Optional<SolvedHead> found = SolvedHead.of(head, objective.graph(), loss);
    if (found.isPresent() && found.get().isTooLarge(data.training())) {
      String note =
          NAME
              + " was not tried: "
              + data.training().size()
              + " examples of "
              + found.get().width(data.training())
              + " features would take it too long";
      listener.on(new TrainEvent.Noted(phase.name(), note));
      return;
    }
    Optional<Weights> solved = found.flatMap(h -> h.solve(data.training(), objective.graph()));
    if (solved.isEmpty() || cancellation.isRequested()) {
      return;
    }
    Best before = trainer.best();
    boolean prefers =
        margin > 0
            && before != null
            && isWithin(
                losses(before.weights(), objective, data.validation()),
                losses(solved.get(), objective, data.validation()),
                margin);
    variables.restore(solved.get());
    Metrics measured = trainer.consider(NAME, objective, validation, prefers);
    Best best = trainer.best();
    if (measured != null && best != null) {
      listener.on(new TrainEvent.Noted(phase.name(), best.beside(NAME, measured)));
    }
  }

  /**
   * Whether the mean of {@code others} is above that of {@code losses} by no more than {@code
   * margin} standard errors of the mean difference, pair by pair.
   */
  static boolean isWithin(List<Double> losses, List<Double> others, double margin) {
    int n = losses.size();
    if (n < 2 || others.size() != n) {
      return false;
    }
    double mean = 0;
    for (int i = 0; i < n; i++) {
      mean += (others.get(i) - losses.get(i)) / n;
    }
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double difference = others.get(i) - losses.get(i) - mean;
      squares += difference * difference;
    }
    return mean <= margin * Math.sqrt(squares / (n - 1) / n);
  }

  /** The loss of every example apart. */
  private List<Double> losses(Weights weights, Objective objective, Dataset examples) {
    variables.restore(weights);
    Executor executor = new PlanExecutor(objective.graph(), variables, backend, Set.of());
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < examples.size() && !cancellation.isRequested(); i++) {
      try {
        Map<String, Tensor> said = executor.predict(Examples.one(examples, i));
        losses.add((double) said.get(Loss.VALUE).toArray()[0]);
      } catch (UnreadableException e) {
        // Whoever validates on it has said so.
        continue;
      }
    }
    return losses;
  }
}
