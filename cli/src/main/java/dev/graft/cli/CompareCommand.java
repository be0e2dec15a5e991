package dev.graft.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.terminal.WorkBar;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.insight.compare.Comparison;
import dev.graft.core.insight.compare.Patterns;
import dev.graft.core.insight.unit.Filters;
import dev.graft.importers.PlainText;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft compare}: how alike two networks are, layer by layer. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Compare two networks layer by layer: how alike they see the same pictures.",
      "A row for each layer of A, a column for each of B; 1 is alike up to a rotation and a scale,"
          + " 0 is not alike at all (linear CKA, in hundredths). Early layers come out alike whatever a"
          + " network was trained for, late ones do not. Before and after tuning it shows which"
          + " layers have moved."
    })
final class CompareCommand implements Callable<Integer> {

  /** Generated ones: more of them tell no more. */
  private static final int PATTERNS = 64;

  @Parameters(index = "0", paramLabel = "A", description = "a model file")
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = "another")
  private Path second;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "pictures to show both, as for 'evaluate' (default: generated patterns of colour, which say"
              + " less than pictures of yours)")
  private @Nullable Path data;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      defaultValue = "200",
      description = "how many of them at most, at equal distances (default: 200)")
  private int most;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "10",
      description = "of each network at most, at equal steps of depth (default: 10)")
  private int layers;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input of both: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as each model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Option(
      names = "--filters",
      paramLabel = "FILE.png",
      description = "write the first filters of both as a picture, those of A on the left")
  private @Nullable Path filters;

  @Option(names = "--json", description = "print JSON and nothing else: first, second, cka")
  private boolean json;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (most < 2 || layers < 1) {
      throw new UsageException(
          "--pictures must be at least 2 and --layers at least 1, found "
              + most
              + " and "
              + layers);
    }
    Model a = ModelFiles.read(first, preprocess, input, "--preprocess");
    Model b = ModelFiles.read(second, preprocess, input, "--preprocess");
    if (filters != null) {
      PictureOutput.write(beside(Filters.picture(a), Filters.picture(b)), filters);
    }
    Comparison comparison;
    try (Backend backend = compute.open();
        WorkBar bar = new WorkBar()) {
      comparison = Comparison.of(a, b, pictures(), layers, backend, compute.threads(), bar);
    }
    System.out.println(json ? json(comparison).toPrettyString() : text(comparison));
    return 0;
  }

  private Pictures pictures() {
    if (data == null) {
      System.err.println("note: seen on generated patterns; --data DIR shows pictures of yours");
      return new Patterns(Math.min(most, PATTERNS), 1);
    }
    Pictures all = DataFolders.toMeasure(data).pictures();
    if (all.size() <= most) {
      return all;
    }
    int[] some = new int[most];
    Arrays.setAll(some, i -> (int) ((long) i * all.size() / most));
    return all.subset(some);
  }

  private static BufferedImage beside(BufferedImage left, BufferedImage right) {
    int gap = 16;
    BufferedImage both =
        new BufferedImage(
            left.getWidth() + gap + right.getWidth(),
            Math.max(left.getHeight(), right.getHeight()),
            BufferedImage.TYPE_INT_RGB);
    both.createGraphics().drawImage(left, 0, 0, null);
    both.createGraphics().drawImage(right, left.getWidth() + gap, 0, null);
    return both;
  }

  private static String text(Comparison comparison) {
    List<Cut> a = comparison.first();
    List<Cut> b = comparison.second();
    StringBuilder text = new StringBuilder("A \\ B");
    for (int j = 1; j <= b.size(); j++) {
      text.append(String.format(Locale.ROOT, "%5d", j));
    }
    text.append(System.lineSeparator());
    for (int i = 0; i < a.size(); i++) {
      text.append(String.format(Locale.ROOT, "%5d", i + 1));
      for (double one : comparison.likeness().get(i)) {
        text.append(
            Double.isNaN(one) ? "    -" : String.format(Locale.ROOT, "%5d", Math.round(100 * one)));
      }
      text.append(System.lineSeparator());
    }
    return text + System.lineSeparator() + layers("A", a) + System.lineSeparator() + layers("B", b);
  }

  private static String layers(String name, List<Cut> cuts) {
    return name
        + ": "
        + IntStream.range(0, cuts.size())
            .mapToObj(i -> (i + 1) + " " + PlainText.of(cuts.get(i).value()))
            .collect(Collectors.joining(", "));
  }

  private static ObjectNode json(Comparison comparison) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode first = node.putArray("first");
    comparison.first().forEach(cut -> first.add(cut.value()));
    ArrayNode second = node.putArray("second");
    comparison.second().forEach(cut -> second.add(cut.value()));
    ArrayNode rows = node.putArray("cka");
    for (List<Double> row : comparison.likeness()) {
      ArrayNode array = rows.addArray();
      row.forEach(
          one -> {
            if (one.isNaN()) {
              array.addNull();
            } else {
              array.add(one);
            }
          });
    }
    return node;
  }
}
