package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The learning-rate range test (Smith, "Cyclical Learning Rates for Training Neural Networks", WACV
 * 2017, section 3.3): a step at each of {@value #STEPS} rates that rise geometrically, until the
 * loss explodes. The variables are put back afterwards, to the bit.
 *
 * @param points the rates that were tried, and the loss of each step smoothed over about ten
 * @param rate a tenth of that with the lowest loss: the largest at which it still falls steadily
 */
public record RateFinder(List<Point> points, double rate) {

  /** A rate that was tried, and the smoothed loss there. */
  public record Point(double rate, double loss) {}

  private static final int STEPS = 100;
  private static final double FROM = 1e-6;
  private static final double TO = 1;
  private static final double SMOOTHING = 0.9;

  /** Steps before which a low loss is the luck of a batch. */
  private static final int SETTLED = 10;

  /** What the loss explodes to, as a multiple of the lowest. */
  private static final double EXPLODED = 4;

  public RateFinder {
    points = List.copyOf(points);
  }

  /**
   * Tries the rates on a phase.
   *
   * @param phase its groups, transforms and optimizer are used up
   * @param variables as they are when training starts; put back afterwards
   * @param seed picks the batches
   * @throws TrainingException if nothing is trainable, the loss is no number from the start on, or
   *     the run was cancelled meanwhile
   */
  public static RateFinder find(
      Phase phase,
      Objective objective,
      Batches training,
      Variants variants,
      Variables variables,
      Backend backend,
      long seed,
      Cancellation cancellation) {
    Graph graph = objective.graph();
    Set<String> trainable = phase.trainable();
    trainable.retainAll(graph.stored().keySet());
    if (trainable.isEmpty()) {
      throw new TrainingException("every parameter is frozen; free at least the head");
    }
    Set<String> changed = new LinkedHashSet<>(trainable);
    changed.addAll(graph.stored(Role.STATE));
    Weights before = variables.snapshot(changed);
    try {
      Executor executor = new PlanExecutor(graph, variables, backend, trainable);
      Updates updates = new Updates(backend, variables, phase, List.of());
      updates.begin(trainable, null);
      List<Point> points = new ArrayList<>();
      double lowest = Double.POSITIVE_INFINITY;
      double sum = 0;
      for (int pass = 0; points.size() < STEPS; pass++) {
        int[] order = Rng.permutation(Rng.key(Rng.key(seed, "rate finder"), pass), training.size());
        int turn = variants.turn(pass);
        try (BatchIterator batches = training.iterate(order, i -> variants.of(turn, i))) {
          if (!cancellation.goesOnWith(batches)) {
            throw new TrainingException("cancelled before a learning rate was found");
          }
          while (points.size() < STEPS && cancellation.goesOnWith(batches)) {
            int step = points.size();
            double rate = FROM * StrictMath.pow(TO / FROM, step / (STEPS - 1.0));
            double loss = step(executor, updates, batches.next(), rate, Rng.key(seed, 5, step));
            sum = SMOOTHING * sum + (1 - SMOOTHING) * loss;
            double smooth = sum / (1 - StrictMath.pow(SMOOTHING, step + 1));
            if (!(smooth <= EXPLODED * lowest)) {
              return found(points);
            }
            points.add(new Point(rate, smooth));
            lowest = Math.min(lowest, smooth);
          }
        }
      }
      return found(points);
    } finally {
      variables.restore(before);
    }
  }

  private static double step(
      Executor executor, Updates updates, Batch batch, double rate, long key) {
    Executor.Step result = executor.step(batch.tensors(), Loss.VALUE, key);
    updates.apply(result.gradients(), rate);
    return MetricSums.loss(result.outputs());
  }

  private static RateFinder found(List<Point> points) {
    if (points.isEmpty()) {
      throw new TrainingException("the loss is no number at any learning rate");
    }
    Point best = points.get(points.size() - 1);
    for (Point point : points.subList(Math.min(SETTLED, points.size() - 1), points.size())) {
      best = point.loss() < best.loss() ? point : best;
    }
    return new RateFinder(points, best.rate() / 10);
  }

  /** One line for people. */
  public String note() {
    Point last = points.get(points.size() - 1);
    return String.format(
        Locale.ROOT,
        "%.3g, a tenth of the rate with the lowest loss of %d from %.0e to %.2g",
        rate,
        points.size(),
        points.get(0).rate(),
        last.rate());
  }
}
