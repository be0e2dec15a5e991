package dev.graft.core.train;

/** Hears what a training run does. Called on the training thread, in order. */
@FunctionalInterface
public interface TrainListener {

  /** Ignores everything. */
  TrainListener SILENT = event -> {};

  /** Something happened. */
  void on(TrainEvent event);
}
