package dev.graft.cli;

import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.ExclusionList;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.TextOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.page.Page;
import dev.graft.cli.report.DataPage;
import dev.graft.cli.terminal.WorkBar;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.DataParts;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.data.DataCheck;
import dev.graft.core.insight.data.DataReport;
import dev.graft.importers.AtomicFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft data}: what is wrong with pictures, before training. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Look for what is wrong with pictures before anything is trained on them.",
      "Shown are files that cannot be read; files that are one picture, scaled or compressed again"
          + " or not, and those of them that lie in training and validation; classes with too few"
          + " pictures, or with others in size, light or colour; and, with a model, labels that are"
          + " likely wrong, by heads on its frozen features that did not learn from the picture they"
          + " judge (confident learning), and what does not go with what the model takes.",
      "Nothing is deleted or moved: --fix writes a list that 'train --exclude' leaves out."
    })
final class DataCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "DIR",
      description =
          "one sub-folder of pictures for each class; or a split of those, as for 'train'; or IDX"
              + " files")
  private Path data;

  @Option(
      names = "--model",
      paramLabel = "M",
      description = "a model to see the pictures with; without one labels are not looked at")
  private @Nullable Path model;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the model's input: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as the model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Option(
      names = "--json",
      description =
          "print JSON and nothing else: unreadable, duplicates, leaks, conflicts, suspectLabels,"
              + " classes, and more")
  private boolean json;

  @Option(
      names = "--fix",
      paramLabel = "FILE.csv",
      description =
          "write what is better left out: unreadable files, all but one of each duplicate,"
              + " duplicates whose labels differ, and suspect labels; strike what you want to keep,"
              + " then train with --exclude FILE.csv")
  private @Nullable Path fix;

  @Option(
      names = "--html",
      paramLabel = "FILE.html",
      description =
          "write it as a page with the pictures, which opens without a network; with a model it"
              + " shows sixteen as the network receives them")
  private @Nullable Path html;

  @Option(
      names = "--augment",
      paramLabel = "NAME",
      defaultValue = "none",
      description =
          "how training would change those sixteen: none, flip or crop-flip (default: none)")
  private String augment;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (model == null && preprocess != null) {
      throw new UsageException("--preprocess says how a model is fed and wants --model");
    }
    Augment change = UsageException.ofOptions(() -> Augment.byName(augment));
    Model read = model == null ? null : ModelFiles.read(model, preprocess, input, "--preprocess");
    TextOptions.expectPictures(data);
    DataParts parts = DataFolders.parts(data);
    DataReport report = read == null ? check(parts) : check(parts, read);
    System.out.println(
        json ? new DataJson(report).node().toPrettyString() : new DataTable(report).text());
    if (html != null) {
      Page page =
          DataPage.of(
              data.toString(),
              report,
              read == null ? null : read.metadata().preprocessing(),
              change);
      AtomicFile.write(html, out -> out.write(page.bytes()));
      System.err.println("note: the pictures are in " + html);
    }
    if (fix != null) {
      int lines = ExclusionList.of(report).write(fix);
      System.err.println(
          "note: " + lines + (lines == 1 ? " file" : " files") + " to leave out, in " + fix);
    }
    return 0;
  }

  private DataReport check(DataParts parts) {
    try (WorkBar bar = new WorkBar()) {
      return DataCheck.of(parts, compute.threads(), bar);
    }
  }

  private DataReport check(DataParts parts, Model read) {
    try (Backend backend = compute.open();
        WorkBar bar = new WorkBar()) {
      return DataCheck.of(parts, read, backend, compute.threads(), bar);
    }
  }
}
