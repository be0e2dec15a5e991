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
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.unit.ContactSheet;
import dev.graft.core.insight.unit.Filters;
import dev.graft.core.insight.unit.UnitReport;
import dev.graft.importers.PlainText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft units}: what the units of a network answer to. */
@Command(
    name = "units",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Show what the units of a network answer to.",
      "For each of some layers: how much its units are of one class or another, as the mean share of"
          + " a unit's variance that lies between the classes (eta squared); --before shows the same"
          + " of the network as it was before tuning. --out gets filters.png, the filters of the"
          + " first layer, and units.png: a row for each of the most specific units with the"
          + " pictures that it answers to most."
    })
final class UnitsCommand implements Callable<Integer> {

  @Option(names = "--model", required = true, paramLabel = "M", description = "a model file")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "pictures in class folders, as for 'evaluate'")
  private Path data;

  @Option(
      names = "--before",
      paramLabel = "M",
      description = "the model that tuning started from, to see what it changed")
  private @Nullable Path before;

  @Option(names = "--out", paramLabel = "DIR", description = "folder for the pictures")
  private @Nullable Path out;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "6",
      description = "at most, at equal steps of depth (default: 6)")
  private int layers;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as the model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Option(names = "--json", description = "print JSON and nothing else: layers, before")
  private boolean json;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    if (layers < 1) {
      throw new UsageException("--layers must be at least 1, found " + layers);
    }
    Model read = ModelFiles.read(model, preprocess, input, "--preprocess");
    Model earlier =
        before == null ? null : ModelFiles.read(before, preprocess, input, "--preprocess");
    Pictures pictures = DataFolders.toMeasure(data).pictures();
    UnitReport now;
    UnitReport then = null;
    try (Backend backend = compute.open();
        WorkBar bar = new WorkBar()) {
      now = UnitReport.of(read, pictures, layers, backend, compute.threads(), bar);
      if (earlier != null) {
        then = UnitReport.of(earlier, pictures, layers, backend, compute.threads(), bar);
      }
    }
    if (json) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.set("layers", json(now));
      if (then != null) {
        node.set("before", json(then));
      }
      System.out.println(node.toPrettyString());
    } else {
      System.out.println(text(now, then));
    }
    if (out != null) {
      pictures(read, now, pictures, out);
    }
    return 0;
  }

  private void pictures(Model read, UnitReport report, Pictures pictures, Path folder) {
    try {
      PictureOutput.write(Filters.picture(read), folder.resolve("filters.png"));
    } catch (GraphException e) {
      System.err.println("note: no filters.png: " + e.getMessage());
    }
    UnitReport.Layer last = report.layers().get(report.layers().size() - 1);
    PictureOutput.write(ContactSheet.of(last.strongest(), pictures), folder.resolve("units.png"));
    System.err.println(
        "note: " + folder.resolve("units.png") + " shows units of " + PlainText.of(last.value()));
  }

  private static ArrayNode json(UnitReport report) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (UnitReport.Layer layer : report.layers()) {
      array
          .addObject()
          .put("layer", layer.value())
          .put("specificity", layer.specificity().mean())
          .put("chance", layer.specificity().chance())
          .put("units", layer.specificity().units());
    }
    return array;
  }

  private static String text(UnitReport now, @Nullable UnitReport then) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%-44s %6s %10s %10s",
            "layer",
            "units",
            then == null ? "" : "before",
            then == null ? "specific" : "after"));
    for (int i = 0; i < now.layers().size(); i++) {
      UnitReport.Layer layer = now.layers().get(i);
      boolean has = then != null && i < then.layers().size();
      String name = PlainText.of(layer.value());
      lines.add(
          String.format(
              Locale.ROOT,
              "%-44s %6d %10s %10s",
              name.length() <= 44 ? name : "…" + name.substring(name.length() - 43),
              layer.specificity().units(),
              has ? percent(then.layers().get(i).specificity().mean()) : "",
              percent(layer.specificity().mean())));
    }
    lines.add(
        "units that know nothing of the classes would have "
            + percent(now.layers().get(0).specificity().chance()));
    return String.join(System.lineSeparator(), lines);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
