package dev.graft.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.cli.receipt.Receipt;
import dev.graft.cli.report.RunReport;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.ExportException;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of one run in a folder of theirs.
 *
 * @param folder need not exist
 */
record RunResults(Path folder) {

  /** The model is last: a folder that holds it is complete. */
  private static final List<String> FILES =
      List.of("metrics.jsonl", "labels.txt", "report.json", "model.onnx");

  /** What a run may end without, where the disk was full. */
  private static final List<String> RECORDS = List.of(Receipt.FILE, RunReport.FILE);

  private static final List<String> CHECKPOINTS =
      List.of(CheckpointStore.LAST, CheckpointStore.BEST, CheckpointStore.RUN);

  /** What a writer that was killed leaves beside its file. */
  private static final Pattern HALF_WRITTEN =
      Pattern.compile("\\.(model\\.onnx|.*\\.(txt|json|safetensors)|start\\.onnx)\\.[0-9a-f-]{36}");

  Path model() {
    return folder.resolve("model.onnx");
  }

  Path metrics() {
    return folder.resolve("metrics.jsonl");
  }

  Path labels() {
    return folder.resolve("labels.txt");
  }

  Path report() {
    return folder.resolve("report.json");
  }

  /** A name for a model that is written and not yet announced; {@link #clear} knows it. */
  Path modelToBe() {
    return folder.resolve(".model.onnx." + UUID.randomUUID());
  }

  SafetensorsCheckpointStore checkpoints() {
    return new SafetensorsCheckpointStore(checkpointFolder());
  }

  private Path checkpointFolder() {
    return folder.resolve("checkpoints");
  }

  private Path checkpoint(String name) {
    return checkpointFolder().resolve(name + ".safetensors");
  }

  /** Whether a run came to its end here. */
  boolean areComplete() {
    return Files.exists(model());
  }

  /** Whether there is a model that training ended without. */
  boolean areUnfinished() {
    return !areComplete()
        && Files.exists(checkpoint(CheckpointStore.BEST))
        && Files.exists(checkpoints().start());
  }

  /** Whether a run was stopped here that can go on: it did not come to its end by itself. */
  boolean canBeResumed() {
    return Files.exists(checkpoint(CheckpointStore.RUN)) && (!areComplete() || wereInterrupted());
  }

  private boolean wereInterrupted() {
    try {
      return new ObjectMapper().readTree(report().toFile()).path("interrupted").asBoolean();
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether there is anything that somebody could miss. */
  boolean areWorthKeeping() {
    return Stream.of(model(), labels(), report(), checkpoint(CheckpointStore.BEST))
        .anyMatch(Files::exists);
  }

  /**
   * Removes them, and the folder if nothing else is in it.
   *
   * @throws ExportException if that fails
   */
  void clear() {
    try {
      for (String file : FILES) {
        Files.deleteIfExists(folder.resolve(file));
      }
      for (String file : RECORDS) {
        // A folder of that name is somebody's: the record is left out, and it is told.
        if (!Files.isDirectory(folder.resolve(file))) {
          Files.deleteIfExists(folder.resolve(file));
        }
      }
      for (Path file : checkpointFiles()) {
        Files.deleteIfExists(file);
      }
      deleteHalfWritten(folder);
      deleteHalfWritten(checkpointFolder());
      deleteIfEmpty(checkpointFolder());
      deleteIfEmpty(folder);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private List<Path> checkpointFiles() {
    return Stream.concat(
            Stream.of(checkpoints().start()), CHECKPOINTS.stream().map(this::checkpoint))
        .toList();
  }

  /**
   * Gives complete results the place of others, the model last: where this ends half-way, they are
   * still complete here, and it can be done again.
   *
   * @throws ExportException if that fails
   */
  void moveTo(RunResults other) {
    try {
      Files.deleteIfExists(other.checkpoints().start());
      Files.createDirectories(other.checkpointFolder());
      for (String name : CHECKPOINTS) {
        move(checkpoint(name), other.checkpoint(name));
      }
      for (String file : RECORDS) {
        // What is complete here and has no record must not stand beside that of another.
        if (Files.exists(metrics()) && !Files.exists(folder.resolve(file))) {
          Files.deleteIfExists(other.folder.resolve(file));
        }
        move(folder.resolve(file), other.folder.resolve(file));
      }
      for (String file : FILES) {
        move(folder.resolve(file), other.folder.resolve(file));
      }
    } catch (IOException e) {
      throw other.unwritable(e);
    }
    clear();
  }

  private static void move(Path from, Path to) {
    if (Files.exists(from)) {
      AtomicFile.move(from, to);
    }
  }

  private static void deleteHalfWritten(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> halves;
    try (Stream<Path> files = Files.list(folder)) {
      halves =
          files.filter(f -> HALF_WRITTEN.matcher(f.getFileName().toString()).matches()).toList();
    }
    for (Path half : halves) {
      Files.deleteIfExists(half);
    }
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    boolean empty;
    try (Stream<Path> files = Files.list(folder)) {
      empty = files.findAny().isEmpty();
    }
    if (empty) {
      Files.delete(folder);
    }
  }

  ExportException unwritable(IOException e) {
    return new ExportException(folder + ": cannot be written to: " + e.getMessage(), e);
  }
}
