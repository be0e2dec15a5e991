package dev.graft.core.data;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A batch being read. Its readers take one item after another and write it to its own place, so
 * that the result does not depend on who came first.
 */
final class PendingBatch {

  /** For estimates of what texts take. */
  private static final int USUAL_LENGTH = 512;

  private final Dataset dataset;
  private final List<Dataset.Field> fields;
  private final int[] indices;
  private final long[] variants;
  private final Unreadable unreadable;
  private final String[] failures;
  private final boolean[] present;

  /** The items of each field behind one another; empty for a field of open size. */
  private final List<float[]> values = new ArrayList<>();

  /** The items of each field of open size by their places; empty for the others. */
  private final List<float[][]> open = new ArrayList<>();

  private final AtomicInteger nextPlace = new AtomicInteger();
  private final List<Future<?>> readers = new ArrayList<>();

  /**
   * @param unreadable items that are not tried; grows while others read
   */
  PendingBatch(Dataset dataset, int[] indices, IntToLongFunction variant, Unreadable unreadable) {
    this.dataset = dataset;
    this.fields = dataset.fields();
    this.indices = indices;
    this.variants = Arrays.stream(indices).mapToLong(variant::applyAsLong).toArray();
    this.unreadable = unreadable;
    this.failures = new String[indices.length];
    this.present = new boolean[indices.length];
    for (Dataset.Field field : fields) {
      boolean isOpen = field.item().isOpen();
      values.add(new float[isOpen ? 0 : stacked(field.item(), indices.length).elements()]);
      open.add(new float[isOpen ? indices.length : 0][]);
    }
  }

  /** Memory for a batch of this many items. */
  static long bytes(Dataset dataset, int items) {
    long elements = 0;
    for (Dataset.Field field : dataset.fields()) {
      elements += field.item().isOpen() ? USUAL_LENGTH : field.item().elements();
    }
    return elements * items * Float.BYTES;
  }

  /** The items asked for, readable or not. */
  int size() {
    return indices.length;
  }

  void start(ExecutorService pool, int threads) {
    for (int i = 0; i < Math.min(threads, indices.length); i++) {
      readers.add(pool.submit(this::readItems));
    }
  }

  private void readItems() {
    int place;
    while ((place = nextPlace.getAndIncrement()) < indices.length) {
      if (unreadable.contains(indices[place])) {
        continue;
      }
      try {
        store(place, dataset.read(indices[place], variants[place]));
        present[place] = true;
      } catch (UnreadableException e) {
        failures[place] = String.valueOf(e.getMessage());
      } catch (RuntimeException | Error e) {
        cancelItems();
        throw e;
      }
    }
  }

  private void store(int place, List<float[]> item) {
    for (int f = 0; f < fields.size(); f++) {
      float[] read = item.get(f);
      if (fields.get(f).item().isOpen()) {
        open.get(f)[place] = read;
        continue;
      }
      int size = fields.get(f).item().elements();
      if (read.length != size) {
        throw new DataException(
            dataset.name(indices[place])
                + ": "
                + fields.get(f).name()
                + " should have "
                + size
                + " numbers, shape "
                + fields.get(f).item()
                + ", found "
                + read.length);
      }
      System.arraycopy(read, 0, values.get(f), place * size, size);
    }
  }

  /**
   * Waits until every item was read or failed.
   *
   * @return the causes of those that failed, by index
   * @throws CancellationException if the waiting thread is interrupted
   */
  Map<Integer, String> await() {
    for (Future<?> reader : readers) {
      try {
        reader.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for data");
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        if (e.getCause() instanceof Error cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
    Map<Integer, String> causes = new TreeMap<>();
    for (int place = 0; place < indices.length; place++) {
      if (failures[place] != null) {
        causes.putIfAbsent(indices[place], failures[place]);
      }
    }
    return causes;
  }

  /** What was read, once waited for; null if nothing could be. */
  @Nullable Batch batch() {
    int count = 0;
    int[] kept = new int[indices.length];
    for (int place = 0; place < indices.length; place++) {
      if (!present[place]) {
        continue;
      }
      for (int f = 0; count < place && f < fields.size(); f++) {
        if (fields.get(f).item().isOpen()) {
          open.get(f)[count] = open.get(f)[place];
          continue;
        }
        int size = fields.get(f).item().elements();
        System.arraycopy(values.get(f), place * size, values.get(f), count * size, size);
      }
      kept[count++] = indices[place];
    }
    if (count == 0) {
      return null;
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (int f = 0; f < fields.size(); f++) {
      if (fields.get(f).item().isOpen()) {
        tensors.put(fields.get(f).name(), filled(fields.get(f), open.get(f), count));
        continue;
      }
      Shape shape = stacked(fields.get(f).item(), count);
      float[] stacked = values.get(f);
      Tensor floats =
          Tensor.of(
              shape, count == indices.length ? stacked : Arrays.copyOf(stacked, shape.elements()));
      tensors.put(fields.get(f).name(), floats.as(fields.get(f).type()));
    }
    return new Batch(Arrays.copyOf(kept, count), tensors);
  }

  /** Items of different lengths, as long as the longest. */
  private static Tensor filled(Dataset.Field field, float[][] items, int count) {
    int longest = Arrays.stream(items, 0, count).mapToInt(item -> item.length).max().orElse(0);
    Shape shape = Shape.of(count, longest);
    float[] stacked = new float[shape.elements()];
    Arrays.fill(stacked, field.filling());
    for (int row = 0; row < count; row++) {
      System.arraycopy(items[row], 0, stacked, row * longest, items[row].length);
    }
    return Tensor.of(shape, stacked).as(field.type());
  }

  /** Lets the readers end after the item each is at. */
  void cancel() {
    cancelItems();
    readers.forEach(reader -> reader.cancel(false));
  }

  private void cancelItems() {
    nextPlace.set(indices.length);
  }

  private static Shape stacked(Shape item, int count) {
    int[] sizes = new int[item.rank() + 1];
    sizes[0] = count;
    System.arraycopy(item.toArray(), 0, sizes, 1, item.rank());
    return Shape.of(sizes);
  }
}
