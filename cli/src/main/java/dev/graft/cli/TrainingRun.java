package dev.graft.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.Recipe;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.kernels.opencl.OpenClBackend;
import java.util.Locale;
import java.util.function.Function;

/** What {@code train} and {@code distill} do around the training itself. */
final class TrainingRun {

  private final TrainingOptions options;
  private final ComputeOptions compute;

  TrainingRun(TrainingOptions options, ComputeOptions compute) {
    this.options = options;
    this.compute = compute;
  }

  /**
   * Trains, prints, and writes the run folder.
   *
   * @param report what is known of the run before it starts
   * @param training does the work
   */
  int run(
      Recipe recipe, Split<Pictures> data, ObjectNode report, Function<Settings, Tuned> training) {
    long start = System.nanoTime();
    try (Backend backend = compute.open()) {
      // Wrong options are told before the folder is made.
      options.settings(
          recipe, backend, compute.threads(), CheckpointStore.none(), TrainListener.SILENT);
      RunFolder folder = RunFolder.open(options.out());
      report.put("data", options.data().toString());
      report.put("seed", options.seed());
      report.put("backend", backend.name());
      if (backend instanceof OpenClBackend opencl) {
        report.put("precision", opencl.precision().word());
      }
      report.put("threads", compute.threads());
      try (TrainingPrinter printer = new TrainingPrinter(options.quiet())) {
        DataLines.of(data).forEach(printer::print);
        ArrayNode notes = report.putArray("dataNotes");
        data.notes().forEach(notes::add);
        Settings settings =
            options.settings(
                recipe,
                backend,
                compute.threads(),
                folder.checkpoints(),
                event -> {
                  // Written before it is told.
                  folder.on(event);
                  printer.on(event);
                });
        Tuned tuned = training.apply(settings);
        double seconds = (System.nanoTime() - start) / 1e9;
        folder.finish(tuned, seconds, report);
        printer.print(
            String.format(
                Locale.ROOT,
                "best: epoch %d with validation %s, written to %s after %.1f s",
                tuned.bestEpoch(),
                TrainingPrinter.scores(tuned.best()),
                folder.model(),
                seconds));
        tellUnreadable(tuned);
      }
    }
    return 0;
  }

  private void tellUnreadable(Tuned tuned) {
    int count = tuned.unreadable().size();
    if (count > 0 && !options.quiet()) {
      System.err.println(
          "skipped " + count + (count == 1 ? " picture" : " pictures") + " that cannot be read:");
      tuned.unreadable().forEach((name, cause) -> System.err.println("  " + name + " " + cause));
    }
  }
}
