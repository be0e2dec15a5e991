package dev.graft.core.insight.race;

import dev.graft.core.insight.Interval;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One way to train, run with several seeds.
 *
 * @param start what is trained, from where
 * @param runs one for each seed, in their order
 */
public record Lane(Start start, List<Run> runs) {

  /** Where training starts, and what of the network moves. */
  public enum Start {
    /** Everything, from new random weights. */
    SCRATCH("from scratch"),
    /** A new head on the network as it is. */
    FROZEN("frozen"),
    /** A new head, then everything. */
    TUNED("fine-tuned");

    private final String words;

    Start(String words) {
      this.words = words;
    }

    /** As people call it. */
    public String words() {
      return words;
    }
  }

  /**
   * A run with one seed.
   *
   * @param seed of the weights, of the order, and of which pictures were taken
   * @param accuracy on what validates, of the best epoch by its loss
   * @param epochs what it reached after each epoch
   */
  public record Run(long seed, double accuracy, List<Epoch> epochs) {

    public Run {
      epochs = List.copyOf(epochs);
    }

    /** The first epoch, from 1, with 95 % of the accuracy after the last; 0 where there is none. */
    public int settled() {
      if (epochs.isEmpty()) {
        return 0;
      }
      double end = epochs.get(epochs.size() - 1).accuracy;
      for (int e = 0; e < epochs.size(); e++) {
        if (epochs.get(e).accuracy >= 0.95 * end) {
          return e + 1;
        }
      }
      return epochs.size();
    }
  }

  /**
   * What validates, after an epoch.
   *
   * @param trainingLoss mean over the epoch, while the weights changed
   * @param loss mean over the pictures that validate
   * @param accuracy on them
   */
  public record Epoch(double trainingLoss, double loss, double accuracy) {}

  public Lane {
    runs = List.copyOf(runs);
  }

  /** Accuracy of the best epochs over the seeds. */
  public Interval accuracy() {
    return over(Run::accuracy);
  }

  /** Epochs to 95 % of the end, over the seeds. */
  public Interval settled() {
    return over(Run::settled);
  }

  private Interval over(ToDoubleFunction<Run> of) {
    return Interval.of(runs.stream().mapToDouble(of).toArray());
  }
}
