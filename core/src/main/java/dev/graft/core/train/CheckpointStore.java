package dev.graft.core.train;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import java.util.Map;
import java.util.Optional;

/**
 * Where training leaves its intermediate states. Implementations write atomically: a name holds
 * either the old state or the new one, whatever happens in between.
 */
public interface CheckpointStore {

  /** The most recent epoch's state. */
  String LAST = "last";

  /** The best state so far, see {@link Best}. */
  String BEST = "best";

  /** All that a run needs to go on: a {@link RunState}. */
  String RUN = "run";

  /**
   * A stored state.
   *
   * @param weights the trained tensors by name
   * @param notes what else was stored, such as the epoch
   */
  record Checkpoint(Weights weights, Map<String, String> notes) {}

  /**
   * Takes note of the model that training starts from, once, before the first state: with its head
   * for the new classes, its labels and its preprocessing. The states hold only what was trained;
   * together with this model each of them is a model.
   *
   * @throws java.io.UncheckedIOException if it cannot be written
   */
  void start(Model model);

  /**
   * Stores a state under {@code name}, replacing what was there.
   *
   * @throws java.io.UncheckedIOException if it cannot be written; the old state is still there
   */
  void save(String name, Checkpoint checkpoint);

  /**
   * The state stored under {@code name}, if any.
   *
   * @throws java.io.UncheckedIOException if it cannot be read
   */
  Optional<Checkpoint> load(String name);

  /** Forgets everything: for runs that keep no checkpoints. */
  static CheckpointStore none() {
    return new CheckpointStore() {
      @Override
      public void start(Model model) {}

      @Override
      public void save(String name, Checkpoint checkpoint) {}

      @Override
      public Optional<Checkpoint> load(String name) {
        return Optional.empty();
      }
    };
  }
}
