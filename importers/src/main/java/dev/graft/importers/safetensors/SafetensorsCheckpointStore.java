package dev.graft.importers.safetensors;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.OnnxWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checkpoints as one safetensors file each in a folder, beside {@code start.onnx}, the model they
 * belong to; all written atomically. What a run leaves that was killed becomes a model with {@link
 * #model}.
 */
public final class SafetensorsCheckpointStore implements CheckpointStore {

  private final Path folder;

  /**
   * @param folder made with the first checkpoint
   */
  public SafetensorsCheckpointStore(Path folder) {
    this.folder = folder;
  }

  /**
   * @throws dev.graft.importers.ExportException if it cannot be written, or holds what ONNX cannot
   *     express: training would end with a model that cannot be saved
   */
  @Override
  public void start(Model model) {
    OnnxWriter.write(model, start());
  }

  /** The model that the states belong to. */
  public Path start() {
    return folder.resolve("start.onnx");
  }

  /**
   * The model that a state makes of the one that training started from.
   *
   * @return nothing if the state was never stored
   * @throws ImportException if a file is damaged or missing
   */
  public Optional<Model> model(String name) {
    return load(name).map(checkpoint -> model(name, checkpoint.weights()));
  }

  /**
   * @throws dev.graft.importers.ExportException if it cannot be written; the old one is still there
   */
  @Override
  public void save(String name, Checkpoint checkpoint) {
    SafetensorsWriter.write(checkpoint.weights(), checkpoint.notes(), file(name));
  }

  /**
   * @throws ImportException if it is damaged
   */
  @Override
  public Optional<Checkpoint> load(String name) {
    if (!Files.exists(file(name))) {
      return Optional.empty();
    }
    SafetensorsReader.Contents contents = SafetensorsReader.read(file(name));
    return Optional.of(new Checkpoint(contents.weights(), contents.notes()));
  }

  private Model model(String name, Weights trained) {
    Model start = ModelReader.read(start());
    List<String> strange = new ArrayList<>(trained.names());
    strange.removeAll(start.weights().names());
    if (!strange.isEmpty()) {
      throw new ImportException(
          file(name)
              + ": holds "
              + strange.get(0)
              + ", which "
              + start()
              + " does not; they are not of one run");
    }
    return start.with(start.weights().with(trained.asMap()));
  }

  private Path file(String name) {
    if (name.isEmpty() || !name.equals(Path.of(name).getFileName().toString())) {
      throw new IllegalArgumentException(
          "a checkpoint's name is one part of a path, found " + name);
    }
    return folder.resolve(name + ".safetensors");
  }
}
