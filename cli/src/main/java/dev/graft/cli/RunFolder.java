package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.graph.Model;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Metrics;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.Tuned;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.ExportException;
import dev.graft.importers.onnx.OnnxWriter;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * What a run leaves on disk. The metrics grow by a line an epoch; everything else appears at the
 * end, the model last, so that a folder with a model is a finished run.
 */
final class RunFolder implements TrainListener {

  private final Path folder;
  private final ObjectMapper json = new ObjectMapper();

  private boolean begun;

  private RunFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * Makes the folder. What an earlier run left there stays until this one begins to train.
   *
   * @throws ExportException if it cannot be written to
   */
  static RunFolder open(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    return new RunFolder(folder);
  }

  private static ExportException unwritable(Path folder, IOException e) {
    return new ExportException(folder + ": cannot be written to: " + e.getMessage(), e);
  }

  /** Clears an earlier run's results before anything of this run is written. */
  @Override
  public void on(TrainEvent event) {
    begin();
    if (event instanceof TrainEvent.Epoch epoch) {
      add(epoch);
    }
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    try {
      for (String name : List.of("model.onnx", "labels.txt", "metrics.jsonl", "report.json")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      // A checkpoint that is there is this run's: after a failure it is the last good state.
      for (String name : List.of(CheckpointStore.LAST, CheckpointStore.BEST)) {
        Files.deleteIfExists(folder.resolve("checkpoints").resolve(name + ".safetensors"));
      }
      Files.createFile(folder.resolve("metrics.jsonl"));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  CheckpointStore checkpoints() {
    return new SafetensorsCheckpointStore(folder.resolve("checkpoints"));
  }

  /** Appends an epoch to {@code metrics.jsonl}. */
  private void add(TrainEvent.Epoch epoch) {
    ObjectNode line = json.createObjectNode();
    line.put("epoch", epoch.epoch());
    line.put("phase", epoch.phase());
    line.put("rate", epoch.rate());
    line.put("trainLoss", epoch.training().loss());
    putScores(line, "train", epoch.training());
    line.put("valLoss", epoch.validation().loss());
    putScores(line, "val", epoch.validation());
    line.put("best", epoch.best());
    line.put("seconds", epoch.seconds());
    try {
      Files.writeString(folder.resolve("metrics.jsonl"), line + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
  }

  /** The task's metrics, such as {@code valAccuracy}. JSON has no NaN: nothing was measured. */
  private static void putScores(ObjectNode line, String prefix, Metrics metrics) {
    for (Metrics.Score score : metrics.scores()) {
      String name = score.name();
      String key = prefix + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
      if (Double.isNaN(score.value())) {
        line.putNull(key);
      } else {
        line.put(key, score.value());
      }
    }
  }

  /**
   * Writes the results; the model is last.
   *
   * @param report what the command adds to the report: its settings
   */
  void finish(Tuned tuned, double seconds, ObjectNode report) {
    begin();
    Model model = tuned.model();
    write("labels.txt", String.join("\n", model.metadata().labels()) + "\n");
    putScores(report, "val", tuned.best());
    report.put("valLoss", tuned.best().loss());
    putScores(report, "finalVal", tuned.last());
    report.put("finalValLoss", tuned.last().loss());
    report.put("bestEpoch", tuned.bestEpoch());
    report.put("epochs", tuned.epochs());
    report.put("trainSeconds", seconds);
    report.put("images", tuned.images());
    report.put("validationImages", tuned.best().examples());
    report.put("parameters", model.parameterCount());
    ObjectNode unreadable = report.putObject("unreadable");
    tuned.unreadable().forEach(unreadable::put);
    write("report.json", report.toPrettyString() + "\n");
    OnnxWriter.write(model, folder.resolve("model.onnx"));
  }

  private void write(String name, String text) {
    AtomicFile.write(folder.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  Path model() {
    return folder.resolve("model.onnx");
  }
}
