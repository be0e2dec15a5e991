package dev.graft.cli.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.UsageException;
import dev.graft.core.graph.Model;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Metrics;
import dev.graft.core.train.RunState;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.feature.CacheUse;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.ExportException;
import dev.graft.importers.PlainText;
import dev.graft.importers.onnx.OnnxWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run leaves on disk. The metrics grow by a line an epoch; everything else appears at the
 * end, the model last, so that a folder with a model is a finished run.
 *
 * <p>Where the folder holds an earlier result, the run works in {@code .next} within it, and its
 * results take the place of the earlier ones once they are complete. The next run completes an
 * exchange that was ended half-way, and makes {@code interrupted.onnx} of what a killed run left in
 * {@code .next}.
 */
final class RunFolder implements TrainListener, AutoCloseable {

  private final RunLock lock;
  private final RunResults own;
  private final RunResults work;
  private final List<String> notes = new ArrayList<>();
  private final ObjectMapper json = new ObjectMapper();

  private boolean finished;

  private RunFolder(RunLock lock, RunResults own, RunResults work) {
    this.lock = lock;
    this.own = own;
    this.work = work;
  }

  private RunFolder(Path folder, RunLock lock) {
    this.lock = lock;
    this.own = new RunResults(folder);
    RunResults next = next(folder);
    if (next.areComplete()) {
      next.moveTo(own);
      notes.add(folder + ": now holds the results of an earlier run that ended while saving them");
    } else if (next.areUnfinished()) {
      OnnxWriter.write(next.checkpoints().model(CheckpointStore.BEST).orElseThrow(), interrupted());
      notes.add(interrupted() + ": is the best model of an earlier run that did not end by itself");
    }
    next.clear();
    this.work = own.areWorthKeeping() ? next : own;
  }

  /** Where a run works that an earlier result in {@code folder} must survive. */
  static RunResults next(Path folder) {
    return new RunResults(folder.resolve(".next"));
  }

  /**
   * Makes the folder and locks it.
   *
   * @throws UsageException if another run is writing in it
   * @throws ExportException if it cannot be written to
   */
  static RunFolder open(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new RunResults(folder).unwritable(e);
    }
    RunLock lock = RunLock.take(folder);
    try {
      RunFolder run = new RunFolder(folder, lock);
      run.begin();
      return run;
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private void begin() {
    try {
      work.clear();
      Files.createDirectories(work.folder());
      Files.createFile(work.metrics());
    } catch (IOException e) {
      throw work.unwritable(e);
    }
  }

  /**
   * Opens the folder of a run that was stopped, to go on in it.
   *
   * @throws UsageException if another run is writing in it, or nothing there can be gone on with
   */
  static RunFolder resume(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw nothingToResume(folder);
    }
    RunLock lock = RunLock.take(folder);
    try {
      RunResults own = new RunResults(folder);
      RunResults work =
          Stream.of(next(folder), own)
              .filter(RunResults::canBeResumed)
              .findFirst()
              .orElseThrow(() -> nothingToResume(folder));
      return new RunFolder(lock, own, work);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static UsageException nothingToResume(Path folder) {
    return new UsageException(
        "--resume: "
            + folder
            + " holds no run that was stopped behind an epoch; start it without --resume");
  }

  /** Where the run was stopped; what was told of later epochs is forgotten. */
  RunState stopped() {
    RunState state = RunState.of(checkpoints().load(CheckpointStore.RUN).orElseThrow());
    try {
      List<String> lines =
          Files.exists(work.metrics()) ? Files.readAllLines(work.metrics()) : List.of();
      Files.write(work.metrics(), lines.subList(0, Math.min(lines.size(), state.epochs())));
    } catch (IOException e) {
      throw work.unwritable(e);
    }
    return state;
  }

  /** What was found of earlier runs, a line each. */
  List<String> notes() {
    return notes;
  }

  CheckpointStore checkpoints() {
    return work.checkpoints();
  }

  /** Appends an epoch to {@code metrics.jsonl}. */
  @Override
  public void on(TrainEvent event) {
    if (event instanceof TrainEvent.Epoch epoch) {
      add(epoch);
    }
  }

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
      Files.writeString(work.metrics(), line + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw work.unwritable(e);
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
   * Writes the results; the model is last. Those of a run that was interrupted are no match for an
   * earlier result: of them only the model is kept, beside it.
   *
   * @param report what the command adds to the report: its settings
   * @param record of what the run followed from, and of what it knows in the end
   * @return the file of the model
   */
  Path finish(
      Tuned tuned, double seconds, boolean isInterrupted, ObjectNode report, RunRecord record) {
    if (isInterrupted && !work.equals(own)) {
      OnnxWriter.write(tuned.model(), interrupted());
      work.clear();
      finished = true;
      return interrupted();
    }
    Model model = tuned.model();
    // On the disk before anything that could fill it, and announced after all of that.
    Path written = work.modelToBe();
    OnnxWriter.write(model, written);
    write(work.labels(), lines(model.metadata().labels()));
    report.put("interrupted", isInterrupted);
    putScores(report, "val", tuned.best());
    if (report.path("recipe").asText().equals(Recipe.AUTO.name()) && report.has("testAccuracy")) {
      // It has chosen by pictures of the training; what validates was read once, at the end.
      report.set("chosenAccuracy", report.get("valAccuracy"));
      report.set("valAccuracy", report.get("testAccuracy"));
    }
    report.put("valLoss", tuned.best().loss());
    putScores(report, "finalVal", tuned.last());
    report.put("finalValLoss", tuned.last().loss());
    report.put("bestEpoch", tuned.bestEpoch());
    report.put("average", tuned.average());
    report.put("epochs", tuned.epochs());
    report.put("trainSeconds", seconds);
    report.put("images", tuned.images());
    report.put("validationImages", tuned.best().examples());
    report.put("parameters", model.parameterCount());
    ArrayNode caches = report.putArray("featureCaches");
    for (CacheUse use : tuned.caches()) {
      ObjectNode cache = caches.addObject();
      cache.put("phase", use.phase());
      cache.put("cached", use.isCached());
      cache.put("variants", use.variants());
      cache.put("bytes", use.bytes());
      cache.put("reason", use.reason());
    }
    ObjectNode unreadable = report.putObject("unreadable");
    tuned.unreadable().forEach(unreadable::put);
    write(work.report(), report.toPrettyString() + "\n");
    record.write(work, written, report);
    AtomicFile.move(written, work.model());
    finished = true;
    settle();
    return own.model();
  }

  /** A line for each label, also for one with a line break in it. */
  private static String lines(List<String> labels) {
    return labels.stream().map(label -> PlainText.of(label) + "\n").collect(Collectors.joining());
  }

  private void settle() {
    if (!work.equals(own)) {
      work.moveTo(own);
      return;
    }
    try {
      Files.deleteIfExists(own.checkpoints().start());
    } catch (IOException e) {
      throw own.unwritable(e);
    }
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private Path interrupted() {
    return own.folder().resolve("interrupted.onnx");
  }

  /** Ends the run. What it learnt before it failed stays; what it only prepared does not. */
  @Override
  public void close() {
    try {
      if (!finished && !work.areUnfinished()) {
        work.clear();
      }
    } finally {
      lock.close();
    }
  }
}
