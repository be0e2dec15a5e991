package dev.graft.core.train;

import dev.graft.core.data.BatchIterator;
import java.util.concurrent.CancellationException;

/**
 * Asks a training run to end after the current step; safe to use from any thread. To interrupt the
 * thread that trains asks for the same: the run returns the best model so far, and the thread is
 * still interrupted then.
 */
public final class Cancellation {

  private volatile boolean requested;

  /** Asks for the end. The run returns the best model so far. */
  public void cancel() {
    requested = true;
  }

  /** Whether the end was asked for, or the calling thread was interrupted. */
  public boolean isRequested() {
    return requested || Thread.currentThread().isInterrupted();
  }

  /** Whether there is another batch to work on, and nobody asked for the end. */
  public boolean goesOnWith(BatchIterator batches) {
    try {
      return !isRequested() && batches.hasNext();
    } catch (CancellationException e) {
      if (isRequested()) {
        // Interrupted while it waited for the batch.
        return false;
      }
      throw e;
    }
  }
}
