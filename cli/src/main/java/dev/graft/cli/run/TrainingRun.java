package dev.graft.cli.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.TrainingOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.receipt.Receipt;
import dev.graft.core.GraftException;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.RunState;
import dev.graft.core.train.TrainingException;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.assess.Calibration;
import dev.graft.core.transfer.assess.Evaluation;
import dev.graft.core.transfer.assess.Rejects;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.importers.PlainText;
import dev.graft.kernels.opencl.OpenClBackend;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What {@code train} and {@code distill} do around the training itself. */
public final class TrainingRun {

  private final TrainingOptions options;
  private final ComputeOptions compute;

  public TrainingRun(TrainingOptions options, ComputeOptions compute) {
    this.options = options;
    this.compute = compute;
  }

  /**
   * Trains, prints, and writes the run folder.
   *
   * @param network the model that is trained
   * @param report what is known of the run before it starts
   * @param training does the work
   * @return the exit code
   */
  public int run(
      Recipe recipe,
      Model network,
      Split<? extends Labelled> data,
      ObjectNode report,
      Function<Settings, Tuned> training) {
    long start = System.nanoTime();
    try (Backend backend = compute.open()) {
      Cancellation cancellation = new Cancellation();
      // Wrong options are told before the folder is made.
      Settings settings =
          UsageException.ofOptions(
                  () ->
                      options.settings(
                          recipe, backend, compute.threads(), data.training().classes().size()))
              .cancellation(cancellation);
      Set<String> frozen =
          recipe.equals(Recipe.SCRATCH) ? Set.of() : options.layers().frozen(network);
      settings = settings.freeze(FreezeMask.of(frozen));
      FineTune.check(network, data.training(), settings);
      options.finish().reject();
      report.put("data", options.data().toString());
      ArrayNode excluded = report.putArray("exclude");
      options.exclude().forEach(file -> excluded.add(file.toString()));
      report.put("seed", options.seed());
      report.put("backend", backend.name());
      if (backend instanceof OpenClBackend opencl) {
        report.put("precision", opencl.precision().word());
      }
      report.put("threads", compute.threads());
      try (TrainingPrinter printer = new TrainingPrinter(options.quiet(), options.metric());
          StopSignals signals = new StopSignals(cancellation, printer::print);
          RunFolder folder =
              options.resume() ? RunFolder.resume(options.out()) : RunFolder.open(options.out())) {
        if (options.resume()) {
          RunState stopped = folder.stopped();
          settings = settings.resume(stopped);
          printer.print("resume: behind epoch " + stopped.epochs());
        }
        folder.notes().forEach(printer::print);
        if (!frozen.isEmpty()) {
          printer.print(
              "frozen: "
                  + frozen.size()
                  + " parameters stay as they are, as the model's file says (--unfreeze trains"
                  + " them)");
        }
        DataLines.of(data).forEach(printer::print);
        String head = options.head().choice().note(network, data.training().classes());
        report.put("head", head);
        printer.print("head: " + head);
        ArrayNode notes = report.putArray("dataNotes");
        data.notes().forEach(notes::add);
        Receipt receipt =
            options
                .receipt()
                .with("seed", Long.toString(options.seed()))
                .with("backend", backend.name())
                .with("computes", computes(backend));
        Tuned tuned;
        try {
          tuned =
              training.apply(
                  settings
                      .checkpoints(folder.checkpoints())
                      .listener(
                          event -> {
                            // Written before it is told.
                            folder.on(event);
                            printer.on(event);
                          }));
        } catch (TrainingException e) {
          if (signals.code() == 0) {
            throw e;
          }
          // Stopped before there was a model.
          printer.removeBar();
          System.err.println("error: " + e.getMessage());
          return signals.code();
        }
        boolean interrupted = signals.code() != 0;
        tuned = finished(tuned, data, backend, report, printer);
        double seconds = (System.nanoTime() - start) / 1e9;
        @Nullable Labelled test = data.test();
        if (test != null && !interrupted) {
          measure(tuned, test, backend, report, printer);
        }
        if (interrupted) {
          receipt.with("interrupted", "true");
        }
        RunRecord record =
            new RunRecord(
                receipt.with("unchanged", unchanged(network, tuned.model())),
                interrupted ? null : judged(tuned, data.validation(), backend),
                data.validation(),
                network,
                tuned.model());
        Path model = folder.finish(tuned, seconds, interrupted, report, record);
        printer.print(
            String.format(
                Locale.ROOT,
                "%s: %s with validation %s, written to %s after %.1f s",
                interrupted ? "interrupted; the best so far" : "best",
                tuned.average().isEmpty()
                    ? "epoch " + tuned.bestEpoch()
                    : tuned.average() + " behind epoch " + tuned.bestEpoch(),
                TrainingPrinter.scores(tuned.best()),
                model,
                seconds));
        tellUnreadable(tuned);
        return signals.code();
      }
    }
  }

  /** What the bits follow from beside the backend's name, such as how wide its vectors are. */
  private static String computes(Backend backend) {
    return Backends.list().stream()
        .filter(description -> description.name().equals(backend.name()))
        .map(Backends.Description::reason)
        .findFirst()
        .orElse("");
  }

  /** The stored tensors that training left as they were: all that was frozen. */
  private static List<String> unchanged(Model before, Model after) {
    return after.weights().names().stream()
        .filter(
            name ->
                before.weights().names().contains(name)
                    && Arrays.equals(
                        before.weights().get(name).toArray(), after.weights().get(name).toArray()))
        .toList();
  }

  /** What the model says of what validates; null where it does not tell classes apart. */
  private @Nullable Evaluation judged(Tuned tuned, Labelled validation, Backend backend) {
    try {
      return Evaluation.of(tuned.model(), validation, backend, compute.threads());
    } catch (GraftException e) {
      System.err.println(
          "warning: report.html shows no predictions: " + PlainText.line(e.getMessage()));
      return null;
    }
  }

  /** The model with what was asked for beside training. */
  private Tuned finished(
      Tuned tuned,
      Split<? extends Labelled> data,
      Backend backend,
      ObjectNode report,
      TrainingPrinter printer) {
    Model model = tuned.model();
    if (options.finish().calibrate()) {
      Calibration calibration =
          Calibration.fit(model, pictures(data.validation()), backend, compute.threads());
      model = calibration.model();
      report.put("temperature", calibration.temperature());
      printer.print(
          String.format(
              Locale.ROOT, "calibrate: the logits are divided by %.3g", calibration.temperature()));
    }
    Double share = options.finish().reject();
    if (share != null) {
      model =
          Rejects.fit(
              model,
              pictures(data.training()),
              pictures(data.validation()),
              share,
              backend,
              compute.threads());
      report.put("reject", share);
    }
    return tuned.with(model);
  }

  /** What is refused for anything else before the run begins. */
  private static Pictures pictures(Labelled items) {
    if (items instanceof Pictures pictures) {
      return pictures;
    }
    throw new IllegalStateException("expected pictures, found " + items.noun());
  }

  /**
   * Reads the test, once, when nothing is left to choose by it. What the training yielded is there
   * by now, whatever becomes of this.
   */
  private void measure(
      Tuned tuned, Labelled test, Backend backend, ObjectNode report, TrainingPrinter printer) {
    Evaluation evaluation;
    try {
      evaluation = Evaluation.of(tuned.model(), test, backend, compute.threads());
    } catch (GraftException e) {
      report.put("testError", e.getMessage());
      System.err.println("warning: the test was not measured: " + PlainText.line(e.getMessage()));
      return;
    }
    EvaluationReport measured = new EvaluationReport(evaluation, "test", test.noun());
    report.set("test", measured.json());
    report.put("testAccuracy", measured.evaluation().confusion().accuracy());
    printer.print(measured.summary());
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
