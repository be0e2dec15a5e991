package dev.graft.core.data;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Groups a data set's items into batches. A single item that is left over joins the last batch:
 * alone it has no spread, which BatchNormalization would divide by. Items are read in background
 * threads a few batches ahead, while the training works on earlier ones; order and contents do not
 * depend on the threads.
 *
 * <p>An item that cannot be read is left out, noted, and not tried again; when they are too many,
 * see {@link Unreadable}, reading ends with an error. What is noted, and when it is too much,
 * follows the batches taken and not the readers' progress, so that it repeats too.
 *
 * <p>The passes of one object may overlap, but all belong to one thread.
 */
public final class Batches implements AutoCloseable {

  /** Batches under way at a time: enough to keep the readers busy, few enough to fit in memory. */
  private static final int AHEAD = 3;

  private final Dataset dataset;
  private final int batchSize;
  private final int threads;
  private final UnaryOperator<Batch> change;
  private final ExecutorService readers;
  private final Unreadable unreadable;
  private final Set<Pass> passes = new HashSet<>();

  /**
   * @param batchSize items in a batch, at least 1; the last batch of a pass may be smaller, or
   *     larger by one
   * @param threads number of threads that read, at least 1
   * @throws DataException if the batch size is below 1
   */
  public Batches(Dataset dataset, int batchSize, int threads) {
    this(dataset, batchSize, threads, UnaryOperator.identity(), Unreadable.of(dataset));
  }

  /**
   * Batches that are changed as they are taken, by the thread that takes them.
   *
   * @param batchSize as above
   * @param threads as above
   * @param change makes of what was read what is handed out, with the same items
   * @param unreadable of this data set, or of another of the same items; those that it knows are
   *     not tried, those that are found are added
   * @throws DataException if the batch size is below 1
   */
  public Batches(
      Dataset dataset,
      int batchSize,
      int threads,
      UnaryOperator<Batch> change,
      Unreadable unreadable) {
    if (batchSize < 1) {
      throw new DataException("the batch size must be at least 1, found " + batchSize);
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.change = change;
    this.unreadable = unreadable;
    this.threads = Math.max(1, threads);
    AtomicInteger number = new AtomicInteger();
    this.readers =
        Executors.newFixedThreadPool(
            this.threads,
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
    return batches(dataset.size(), batchSize);
  }

  /** Number of batches that so many items make, of which none holds a single one if it can be. */
  public static int batches(int items, int batchSize) {
    int full = items / batchSize;
    int rest = items % batchSize;
    return rest == 0 || (rest == 1 && full > 0 && batchSize > 1) ? full : full + 1;
  }

  /** All items in their own order, without augmentation. */
  public BatchIterator inOrder() {
    int[] order = new int[dataset.size()];
    Arrays.setAll(order, i -> i);
    return iterate(order, item -> 0);
  }

  /**
   * The given items in the given order. A batch's tensors are its own. The iterator throws what a
   * reader threw, and {@link DataException} once too many items could not be read; it is closed
   * then.
   *
   * @param variant which augmentation of an item, by its index; 0 is none
   * @throws IllegalStateException if this was closed
   */
  public BatchIterator iterate(int[] order, IntToLongFunction variant) {
    if (readers.isShutdown()) {
      throw new IllegalStateException("the batches are closed");
    }
    Pass pass = new Pass(order.clone(), variant);
    passes.add(pass);
    return pass;
  }

  /** Name and cause of every item that could not be read so far, by name. */
  public SortedMap<String, String> unreadable() {
    return unreadable.named();
  }

  /** Ends the reading threads, as soon as each has finished its item, and with them all passes. */
  @Override
  public void close() {
    readers.shutdown();
    passes.forEach(Pass::cancel);
    passes.clear();
  }

  /** One pass: a queue of batches whose items are being read. */
  private final class Pass implements BatchIterator {
    private final int[] order;
    private final IntToLongFunction variant;
    private final Deque<PendingBatch> ahead = new ArrayDeque<>();
    private final int limit;
    private int submitted;
    private int taken;
    private @Nullable Batch next;

    Pass(int[] order, IntToLongFunction variant) {
      this.order = order;
      this.variant = variant;
      long bytes = PendingBatch.bytes(dataset, Math.min(batchSize, Math.max(1, order.length)));
      long affordable = Runtime.getRuntime().maxMemory() / 8 / Math.max(1, bytes);
      this.limit = (int) Math.max(1, Math.min(AHEAD, affordable));
      readAhead();
    }

    private void readAhead() {
      while (ahead.size() < limit && submitted < order.length) {
        int end = Math.min(order.length, submitted + Math.min(batchSize, order.length));
        end = order.length - end == 1 && batchSize > 1 ? order.length : end;
        PendingBatch batch =
            new PendingBatch(
                dataset, Arrays.copyOfRange(order, submitted, end), variant, unreadable);
        batch.start(readers, threads);
        ahead.add(batch);
        submitted = end;
      }
    }

    @Override
    public boolean hasNext() {
      try {
        while (next == null && !ahead.isEmpty()) {
          if (readers.isShutdown()) {
            throw new IllegalStateException("the batches were closed within a pass");
          }
          PendingBatch first = ahead.element();
          Map<Integer, String> failures = first.await();
          ahead.remove();
          taken += first.size();
          unreadable.add(failures);
          next = first.batch();
          readAhead();
        }
        if (ahead.isEmpty()) {
          passes.remove(this);
        }
      } catch (RuntimeException | Error e) {
        close();
        throw e;
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
      return change.apply(batch);
    }

    @Override
    public int taken() {
      return taken;
    }

    void cancel() {
      ahead.forEach(PendingBatch::cancel);
    }

    @Override
    public void close() {
      cancel();
      passes.remove(this);
      ahead.clear();
      submitted = order.length;
      next = null;
    }
  }
}
