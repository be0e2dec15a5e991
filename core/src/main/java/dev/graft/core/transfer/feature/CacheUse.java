package dev.graft.core.transfer.feature;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.Phase;
import dev.graft.core.train.Variants;
import java.util.Locale;

/**
 * What was decided about the features of a phase whose first layers are frozen. Nothing but time
 * depends on it: the results have the same bits.
 *
 * @param phase name of the phase
 * @param variants how many of each picture pass through the frozen layers
 * @param bytes memory that the features of all of them take
 * @param reason why they are not kept; empty where they are
 */
public record CacheUse(String phase, int variants, long bytes, String reason) {

  /** What is decided, from what the features take and what there is. */
  public static CacheUse of(
      Phase phase, FrozenPrefix split, Split<Dataset> data, Variants variants, long limit) {
    long items = (long) data.training().size() * variants.count() + data.validation().size();
    boolean isOpen = split.features().values().stream().anyMatch(Shape::isOpen);
    if (isOpen) {
      return new CacheUse(
          phase.name(), variants.count(), 0, "their number differs from text to text");
    }
    long bytes = split.bytesPerExample() * items;
    long heap = Runtime.getRuntime().maxMemory();
    String reason = "";
    if (variants.count() > 1 && variants.count() >= phase.epochs()) {
      reason = "every epoch sees a variant of its own";
    } else if (bytes > limit) {
      reason = limit == 0 ? "the cache is off" : "the limit is " + size(limit);
    } else if (bytes > heap / 2) {
      reason = "half of the heap is " + size(heap / 2) + ", a larger one (-Xmx) would be faster";
    }
    return new CacheUse(phase.name(), variants.count(), bytes, reason);
  }

  /** Whether the features are kept. */
  public boolean isCached() {
    return reason.isEmpty();
  }

  /**
   * The same without a cache after all.
   *
   * @param why in a few words
   */
  public CacheUse without(String why) {
    return new CacheUse(phase, variants, bytes, why);
  }

  /** One line for people. */
  public String note() {
    return isCached()
        ? size(bytes) + " of features are kept"
        : "the frozen layers run in every epoch, "
            + size(bytes)
            + " of features are not kept: "
            + reason;
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1024.0 / 1024.0);
  }
}
