package dev.graft.cli;

import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.TextOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.run.EvaluationReport;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.text.Texts;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.assess.Evaluation;
import dev.graft.importers.PlainText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft evaluate}: how good a model is on pictures or texts whose classes are known. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Measure a classifier on pictures in class folders, or on texts.",
      "Shown are accuracy; precision, recall and F1 of each class; which class is taken for which;"
          + " and how far confidence is from being right (expected calibration error, 15 bins).",
      "Of a split the test pictures count, or else those that validate. Folders are matched with the"
          + " model's labels by name, or by their order where it has none."
    })
final class EvaluateCommand implements Callable<Integer> {

  @Option(names = "--model", required = true, paramLabel = "M", description = "a model file")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR|FILE.csv",
      description =
          "one sub-folder of pictures for each class; or a split of those, as for 'train'; or IDX"
              + " files; or texts: a CSV file with the columns text and label, or a sub-folder of"
              + " .txt for each class")
  private Path data;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as the model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Option(
      names = "--json",
      description =
          "print JSON and nothing else: accuracy, macroF1, ece, classes, matrix (a row for each"
              + " class, a column for what was said of it), and more")
  private boolean json;

  @Mixin private InputOptions input;

  @Mixin private TextOptions text;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (text.areMeant(data)) {
      return texts();
    }
    Model read = ModelFiles.read(model, preprocess, input, "--preprocess");
    DataFolders.Measured measured = DataFolders.toMeasure(data);
    measured.notes().forEach(note -> System.err.println("note: " + PlainText.line(note)));
    return measure(read, measured.pictures(), measured.part());
  }

  private int texts() {
    if (preprocess != null) {
      throw new UsageException("--preprocess is for pictures, the data is texts; leave it out");
    }
    Model read = text.model(model, input);
    Texts measured = TextOptions.read(data);
    TextOptions.tellTruncated(read, measured);
    return measure(read, measured, "all");
  }

  private int measure(Model read, Labelled items, String part) {
    try (Backend backend = compute.open()) {
      EvaluationReport report =
          new EvaluationReport(
              Evaluation.of(read, items, backend, compute.threads()), part, items.noun());
      System.out.println(json ? report.json().toPrettyString() : report.text());
      report.unreadable().forEach(line -> System.err.println("warning: " + line));
    }
    return 0;
  }
}
