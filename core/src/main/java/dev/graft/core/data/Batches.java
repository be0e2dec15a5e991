package dev.graft.core.data;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Groups a data set's items into batches. Items are read in background threads a few batches ahead,
 * while the training works on earlier ones; order and contents do not depend on the threads.
 *
 * <p>An item that cannot be read is left out, noted, and not tried again; when more than a tenth of
 * the data set is unreadable, reading ends with an error.
 */
public final class Batches implements AutoCloseable {

  /** Batches under way at a time: enough to keep the readers busy, few enough to fit in memory. */
  private static final int AHEAD = 3;

  private final Dataset dataset;
  private final int batchSize;
  private final ExecutorService readers;
  private final SortedMap<Integer, String> failed =
      Collections.synchronizedSortedMap(new TreeMap<>());

  /**
   * @param batchSize items in a batch, at least 1; the last batch of a pass may be smaller
   * @param threads number of threads that read, at least 1
   */
  public Batches(Dataset dataset, int batchSize, int threads) {
    if (batchSize < 1) {
      throw new DataException("the batch size must be at least 1, found " + batchSize);
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    AtomicInteger number = new AtomicInteger();
    this.readers =
        Executors.newFixedThreadPool(
            Math.max(1, threads),
            task -> {
              Thread thread = new Thread(task, "graft-reader-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Number of items. */
  public int size() {
    return dataset.size();
  }

  /** Number of batches in a pass over all items. */
  public int batchesPerEpoch() {
    return (dataset.size() + batchSize - 1) / batchSize;
  }

  /** All items in their own order, without augmentation. */
  public BatchIterator inOrder() {
    int[] order = new int[dataset.size()];
    Arrays.setAll(order, i -> i);
    return iterate(order, item -> 0);
  }

  /**
   * The given items in the given order.
   *
   * @param variant which augmentation of an item, by its index; 0 is none
   */
  public BatchIterator iterate(int[] order, IntToLongFunction variant) {
    return new Pass(order.clone(), variant);
  }

  /** Name and cause of every item that could not be read so far, in the data set's order. */
  public Map<String, String> unreadable() {
    Map<String, String> named = new LinkedHashMap<>();
    synchronized (failed) {
      failed.forEach((index, cause) -> named.put(dataset.name(index), cause));
    }
    return named;
  }

  /** Ends the reading threads. */
  @Override
  public void close() {
    readers.shutdownNow();
  }

  private @Nullable List<float[]> read(int index, long variant) {
    if (failed.containsKey(index)) {
      return null;
    }
    try {
      return dataset.read(index, variant);
    } catch (UnreadableException e) {
      failed.put(index, String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void checkFailures() {
    int count = failed.size();
    if (count > 0 && count > dataset.size() / 10.0) {
      Map.Entry<String, String> first = unreadable().entrySet().iterator().next();
      throw new DataException(
          count
              + " of "
              + dataset.size()
              + " pictures cannot be read, more than a tenth; the first: "
              + first.getKey()
              + " "
              + first.getValue());
    }
  }

  /** One pass: a queue of batches whose items are being read. */
  private final class Pass implements BatchIterator {
    private final int[] order;
    private final IntToLongFunction variant;
    private final Deque<Reading> ahead = new ArrayDeque<>();
    private int submitted;
    private @Nullable Batch next;

    private record Reading(int[] indices, List<Future<@Nullable List<float[]>>> items) {}

    Pass(int[] order, IntToLongFunction variant) {
      this.order = order;
      this.variant = variant;
      readAhead();
    }

    private void readAhead() {
      while (ahead.size() < AHEAD && submitted < order.length) {
        int end = Math.min(order.length, submitted + batchSize);
        int[] indices = Arrays.copyOfRange(order, submitted, end);
        List<Future<@Nullable List<float[]>>> items = new ArrayList<>();
        for (int index : indices) {
          long chosen = variant.applyAsLong(index);
          items.add(readers.submit(() -> read(index, chosen)));
        }
        ahead.add(new Reading(indices, items));
        submitted = end;
      }
    }

    @Override
    public boolean hasNext() {
      while (next == null && !ahead.isEmpty()) {
        next = assemble(ahead.remove());
        readAhead();
      }
      return next != null;
    }

    @Override
    public Batch next() {
      if (!hasNext() || next == null) {
        throw new NoSuchElementException();
      }
      Batch batch = next;
      next = null;
      return batch;
    }

    /** Waits for a batch's items; null if none of them could be read. */
    private @Nullable Batch assemble(Reading reading) {
      List<List<float[]>> items = new ArrayList<>();
      int[] indices = new int[reading.indices.length];
      for (int i = 0; i < reading.items.size(); i++) {
        List<float[]> item = await(reading.items.get(i));
        if (item != null) {
          indices[items.size()] = reading.indices[i];
          items.add(item);
        }
      }
      checkFailures();
      return items.isEmpty() ? null : stack(Arrays.copyOf(indices, items.size()), items);
    }

    private @Nullable List<float[]> await(Future<@Nullable List<float[]>> item) {
      try {
        return item.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for a picture");
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException cause) {
          throw cause;
        }
        if (e.getCause() instanceof Error cause) {
          throw cause;
        }
        throw new DataException("reading failed: " + e.getCause(), e);
      }
    }

    @Override
    public void close() {
      ahead.forEach(reading -> reading.items.forEach(item -> item.cancel(false)));
      ahead.clear();
      submitted = order.length;
    }
  }

  private Batch stack(int[] indices, List<List<float[]>> items) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<Dataset.Field> fields = dataset.fields();
    for (int f = 0; f < fields.size(); f++) {
      Shape item = fields.get(f).item();
      int[] sizes = new int[item.rank() + 1];
      sizes[0] = items.size();
      System.arraycopy(item.toArray(), 0, sizes, 1, item.rank());
      Shape shape = Shape.of(sizes);
      float[] values = new float[shape.elements()];
      for (int i = 0; i < items.size(); i++) {
        System.arraycopy(items.get(i).get(f), 0, values, i * item.elements(), item.elements());
      }
      tensors.put(fields.get(f).name(), Tensor.of(shape, values));
    }
    return new Batch(indices, tensors);
  }
}
