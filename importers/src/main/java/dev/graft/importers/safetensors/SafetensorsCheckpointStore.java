package dev.graft.importers.safetensors;

import dev.graft.core.train.CheckpointStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Checkpoints as one safetensors file each in a folder, written atomically. */
public final class SafetensorsCheckpointStore implements CheckpointStore {

  private final Path folder;

  /**
   * @param folder made with the first checkpoint
   */
  public SafetensorsCheckpointStore(Path folder) {
    this.folder = folder;
  }

  /**
   * @throws dev.graft.importers.ExportException if it cannot be written; the old one is still there
   */
  @Override
  public void save(String name, Checkpoint checkpoint) {
    SafetensorsWriter.write(checkpoint.weights(), checkpoint.notes(), file(name));
  }

  /**
   * @throws dev.graft.importers.ImportException if it is damaged
   */
  @Override
  public Optional<Checkpoint> load(String name) {
    if (!Files.exists(file(name))) {
      return Optional.empty();
    }
    SafetensorsReader.Contents contents = SafetensorsReader.read(file(name));
    return Optional.of(new Checkpoint(contents.weights(), contents.notes()));
  }

  private Path file(String name) {
    if (name.isEmpty() || !name.equals(Path.of(name).getFileName().toString())) {
      throw new IllegalArgumentException(
          "a checkpoint's name is one part of a path, found " + name);
    }
    return folder.resolve(name + ".safetensors");
  }
}
