package dev.graft.core.train;

/** Asks a training run to end after the current step; safe to use from any thread. */
public final class Cancellation {

  private volatile boolean requested;

  /** Asks for the end. The run returns the best model so far. */
  public void cancel() {
    requested = true;
  }

  /** Whether the end was asked for. */
  public boolean isRequested() {
    return requested;
  }
}
