package dev.graft.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.TextOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.terminal.WorkBar;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.DataParts;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.rank.Candidate;
import dev.graft.core.insight.rank.Rank;
import dev.graft.importers.PlainText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft rank}: which model, and which cut of it, to transfer from. */
@Command(
    name = "rank",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Rank networks, and cuts of each, by what they are worth as a start on your pictures.",
      "Each picture passes once through each network as it is; nothing is trained. Shown are the"
          + " held-out accuracy of a linear probe on the features, LogME, and the number of"
          + " parameters up to the cut, which is what a score has to beat.",
      Rank.MEASURED
    })
final class RankCommand implements Callable<Integer> {

  private static final int NAME = 26;

  @Parameters(arity = "1..*", paramLabel = "M", description = "model files (ONNX, Keras)")
  private List<Path> models;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "pictures, as for 'train'; those to learn from are looked at")
  private Path data;

  @Option(
      names = "--cuts",
      paramLabel = "N",
      defaultValue = "4",
      description = "of each network at most, at equal steps of depth (default: 4)")
  private int cuts;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      defaultValue = "2000",
      description = "pictures to look at, at equal distances (default: 2000)")
  private int most;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input of all: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as each model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Option(names = "--json", description = "print a JSON array, the best first, and nothing else")
  private boolean json;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (cuts < 1 || most < 10) {
      throw new UsageException(
          "--cuts must be at least 1 and --pictures at least 10, found " + cuts + " and " + most);
    }
    TextOptions.expectPictures(data);
    DataParts parts = DataFolders.parts(data);
    List<Candidate> all = new ArrayList<>();
    try (Backend backend = compute.open();
        WorkBar bar = new WorkBar()) {
      for (Path file : models) {
        Model model = ModelFiles.read(file, preprocess, input, "--preprocess");
        try {
          all.addAll(
              Rank.candidates(
                  file.toString(), model, some(parts), cuts, backend, compute.threads(), bar));
        } catch (GraphException e) {
          throw new GraphException(file + ": " + e.getMessage());
        }
      }
    }
    List<Candidate> ranked = Rank.ranked(all);
    System.out.println(json ? json(ranked).toPrettyString() : text(ranked));
    return 0;
  }

  private Pictures some(DataParts parts) {
    int size = parts.training().size();
    int[] indices = new int[Math.min(most, size)];
    Arrays.setAll(indices, i -> (int) ((long) i * size / indices.length));
    return parts.training().subset(indices);
  }

  private static String text(List<Candidate> ranked) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%4s  %-" + NAME + "s %7s %8s %8s %12s",
            "rank",
            "model",
            "layers",
            "probe",
            "LogME",
            "parameters"));
    for (int i = 0; i < ranked.size(); i++) {
      Candidate c = ranked.get(i);
      lines.add(
          String.format(
              Locale.ROOT,
              "%4d  %-" + NAME + "s %7d %6.1f %% %8.3f %,12d",
              i + 1,
              shortened(Path.of(c.model()).getFileName().toString()),
              c.cut().layers(),
              100 * c.probe(),
              c.logMe(),
              c.cut().parameters()));
    }
    Candidate best = ranked.get(0);
    lines.add(
        "best: "
            + PlainText.of(best.model())
            + (best.isWhole()
                ? ", all of its trunk"
                : ", cut at " + PlainText.of(best.cut().value()) + " (train --cut does it)")
            + "; the probe ranks");
    return String.join(System.lineSeparator(), lines);
  }

  private static String shortened(String name) {
    String plain = PlainText.of(name);
    return plain.length() <= NAME ? plain : plain.substring(0, NAME - 1) + "…";
  }

  private static ArrayNode json(List<Candidate> ranked) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (Candidate c : ranked) {
      array
          .addObject()
          .put("model", c.model())
          .put("cut", c.cut().value())
          .put("whole", c.isWhole())
          .put("layers", c.cut().layers())
          .put("parameters", c.cut().parameters())
          .put("features", c.features())
          .put("probe", c.probe())
          .put("probeLoss", c.probeLoss())
          .put("logMe", c.logMe());
    }
    return array;
  }
}
