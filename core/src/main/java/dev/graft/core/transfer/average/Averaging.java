package dev.graft.core.transfer.average;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.graph.Weights;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.Metrics;
import dev.graft.core.train.Phase;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.train.Trainer;
import dev.graft.core.train.Variants;
import dev.graft.core.train.loss.Objective;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Tries averages of weights behind a phase. Each gets its own {@link FreshStatistics} and is
 * validated; the trainer keeps the best.
 *
 * @param seed picks the examples that statistics are measured on
 */
public record Averaging(
    Trainer trainer,
    Variables variables,
    Backend backend,
    long seed,
    TrainListener listener,
    Cancellation cancellation) {

  /** Examples that statistics are measured on: a mean over more is hardly another. */
  private static final int EXAMPLES = 512;

  /**
   * Tries what was gathered in the phase that has just ended. The variables hold no state of
   * training then.
   *
   * @param kinds what the phase gathered
   * @param learn examples as they were learnt from
   */
  public void behind(
      Phase phase,
      List<AverageKind> kinds,
      Objective objective,
      Batches learn,
      Batches validation,
      Variants variants) {
    Weights end = variables.snapshot(phase.trainable());
    FreshStatistics statistics =
        new FreshStatistics(objective.graph(), variables, backend, phase.trainable());
    for (AverageKind kind : kinds) {
      WeightAverage average = kind.over(1, phase.epochs());
      Map<String, Tensor> gathered = average.gathered(trainer.remembered());
      Tried best = null;
      for (double share : gathered.isEmpty() ? List.<Double>of() : kind.shares()) {
        String what =
            share == 0
                ? kind.word()
                : String.format(Locale.ROOT, "%s with %.1f of the end", kind.word(), share);
        variables.restore(Weights.of(mixed(gathered, end, share)));
        if (!measure(statistics, learn, variants)) {
          return;
        }
        Metrics measured = trainer.consider(what, objective, validation);
        if (measured == null) {
          return;
        }
        if (best == null || measured.loss() < best.metrics.loss()) {
          best = new Tried(what, measured);
        }
      }
      listener.on(new TrainEvent.Noted(kind.word(), note(best)));
    }
  }

  private record Tried(String what, Metrics metrics) {}

  private String note(@Nullable Tried tried) {
    if (tried == null) {
      return "nothing was gathered, the phase ended too early";
    }
    return Objects.requireNonNull(trainer.best()).beside(tried.what, tried.metrics);
  }

  private boolean measure(FreshStatistics statistics, Batches learn, Variants variants) {
    if (!statistics.areNeeded()) {
      return true;
    }
    int[] all = Rng.permutation(Rng.key(seed, "fresh statistics"), learn.size());
    int[] some = Arrays.copyOf(all, Math.min(EXAMPLES, all.length));
    try (BatchIterator pass = learn.iterate(some, item -> variants.of(0, item))) {
      return statistics.measure(pass, cancellation);
    }
  }

  /** {@code (1 - share) gathered + share end}. */
  private static Map<String, Tensor> mixed(
      Map<String, Tensor> gathered, Weights end, double share) {
    if (share == 0) {
      return gathered;
    }
    Map<String, Tensor> mixed = new LinkedHashMap<>();
    gathered.forEach(
        (name, tensor) -> {
          float[] from = tensor.toArray();
          float[] to = end.get(name).toArray();
          float[] between = new float[from.length];
          for (int i = 0; i < between.length; i++) {
            between[i] = (float) ((1 - share) * from[i] + share * to[i]);
          }
          mixed.put(name, Tensor.of(tensor.shape(), between));
        });
    return mixed;
  }
}
