package dev.graft.core.transfer;

import dev.graft.core.graph.Model;
import dev.graft.core.train.Metrics;
import dev.graft.core.transfer.feature.CacheUse;
import java.util.List;
import java.util.Map;

/**
 * What a fine-tuning run yields.
 *
 * @param model with the weights of the best epoch over all phases: that with the lowest validation
 *     loss, unless {@link Settings#chooseBy} says otherwise
 * @param best validation metrics of that epoch
 * @param last validation metrics after the last epoch
 * @param bestEpoch number of the best epoch over all phases, from 1
 * @param average what mean of weights the model has, for people; empty where it is an epoch's own,
 *     see {@link Settings#averages}
 * @param epochs number of epochs trained
 * @param images number of training pictures that could be read
 * @param unreadable name and cause of the pictures that were skipped
 * @param caches what was decided about the features of each phase that begins with frozen layers
 */
public record Tuned(
    Model model,
    Metrics best,
    Metrics last,
    int bestEpoch,
    String average,
    int epochs,
    int images,
    Map<String, String> unreadable,
    List<CacheUse> caches) {

  public Tuned {
    caches = List.copyOf(caches);
  }

  /** The same run with something added to its model. */
  public Tuned with(Model other) {
    return new Tuned(other, best, last, bestEpoch, average, epochs, images, unreadable, caches);
  }
}
