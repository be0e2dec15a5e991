package dev.graft.core.transfer;

import dev.graft.core.graph.Model;
import dev.graft.core.train.CheckpointStore;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checkpoints in memory. */
public final class MemoryStore implements CheckpointStore {
  public final Map<String, Checkpoint> saved = new HashMap<>();

  @Nullable Model start;

  @Override
  public void start(Model model) {
    start = model;
  }

  @Override
  public void save(String name, Checkpoint checkpoint) {
    saved.put(name, checkpoint);
  }

  @Override
  public Optional<Checkpoint> load(String name) {
    return Optional.ofNullable(saved.get(name));
  }
}
