package dev.graft.core.transfer.feature;

import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Unreadable;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.train.Variants;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Runs every item of a data set, and every variant of it, through a frozen network once and keeps
 * what comes out in memory: the features a head is trained on, or what a teacher says.
 */
public final class FeatureCache {

  private final FrozenFeatures features;
  private final int threads;
  private final TrainListener listener;
  private final Cancellation cancellation;

  /**
   * @param threads that read the items
   */
  public FeatureCache(
      FrozenFeatures features, int threads, TrainListener listener, Cancellation cancellation) {
    this.features = features;
    this.threads = threads;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * Fills the cache.
   *
   * @param name of this work in events
   * @param unreadable those of the source
   * @throws dev.graft.core.data.DataException if too many items cannot be read
   */
  public Dataset fill(
      String name, String note, Dataset source, Variants variants, Unreadable unreadable) {
    int units = Math.multiplyExact(source.size(), variants.count());
    listener.on(new TrainEvent.Started(name, note, units));
    CachedDataset cached = new CachedDataset(source, features.fields(source), variants);
    int[] order = source.cheapestOrder();
    int done = 0;
    try (Batches batches =
        new Batches(source, FrozenFeatures.CHUNK, threads, UnaryOperator.identity(), unreadable)) {
      for (int turn = 0; turn < variants.count(); turn++) {
        int now = turn;
        try (BatchIterator pass = batches.iterate(order, item -> variants.of(now, item))) {
          while (cancellation.goesOnWith(pass)) {
            Batch batch = features.of(pass.next());
            for (int row = 0; row < batch.size(); row++) {
              cached.put(batch.indices()[row], turn, item(cached.fields(), batch, row));
            }
            done += batch.size();
            listener.on(new TrainEvent.Progress(name, done));
          }
        }
      }
    }
    listener.on(new TrainEvent.Ended(name, done + " " + source.noun() + "s"));
    return cached;
  }

  /** Whole numbers as a data set hands them out, see {@link Dataset.Field}. */
  private static float[] numbers(long[] from, int first, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = from[first + i];
    }
    return numbers;
  }

  private static List<float[]> item(List<Dataset.Field> fields, Batch batch, int row) {
    List<float[]> item = new ArrayList<>();
    for (Dataset.Field field : fields) {
      Tensor rows = batch.get(field.name());
      int size = field.item().elements();
      if (rows.type() == ElementType.FLOAT32) {
        int from = rows.host().offset() + row * size;
        item.add(Arrays.copyOfRange(rows.host().array(), from, from + size));
      } else {
        item.add(numbers(rows.toLongs(), row * size, size));
      }
    }
    return item;
  }
}
