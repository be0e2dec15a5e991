package dev.graft.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.InputOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.TextOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.page.Page;
import dev.graft.cli.report.RacePage;
import dev.graft.cli.terminal.WorkBar;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.Interval;
import dev.graft.core.insight.race.Heat;
import dev.graft.core.insight.race.Lane;
import dev.graft.core.insight.race.Race;
import dev.graft.core.insight.race.RaceResult;
import dev.graft.core.insight.race.TransferCurve;
import dev.graft.importers.AtomicFile;
import dev.graft.importers.PlainText;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code graft race}: whether transfer will help, by short runs. */
@Command(
    name = "race",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Tell whether transfer will help, before an hour is spent on it.",
      "Short runs of one network on the same few pictures: from scratch, with a new head on the"
          + " frozen trunk, and fine-tuned ('train --recipe scratch', 'head' and 'staged'); several"
          + " seeds each, which draw the pictures too. Shown are the accuracy on what validates with"
          + " its 95 % confidence interval, the epochs to 95 % of the end, and a verdict in a"
          + " sentence: transfer helps where what it gains, seed by seed, is above 0 in all of its"
          + " interval."
    })
final class RaceCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description = "the model to start from (ONNX, Keras)")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description = "pictures, as for 'train'")
  private Path data;

  @Option(
      names = "--pictures",
      paramLabel = "N,…",
      split = ",",
      description =
          "pictures of each class to learn from; several numbers, as 5,20,80, show from how many on"
              + " fine-tuning pays (default: 50, or all if there are fewer)")
  private @Nullable List<Integer> pictures;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "10",
      description = "of each run; fewer than 64 pictures are repeated within one (default: 10)")
  private int epochs;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "runs of each kind; one gives no verdict (default: 3)")
  private int seeds;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "that of the first run; the others follow (default: 0)")
  private long seed;

  @Option(
      names = "--layers",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "also show how far layers transfer: accuracy against the number of layers that keep their"
              + " weights while the others start anew, frozen and trained, at N depths; 2 N further"
              + " runs a seed (default: 0, none)")
  private int layers;

  @Option(
      names = "--val",
      paramLabel = "FRACTION",
      defaultValue = "0.2",
      description = "as for 'train' (default: 0.2)")
  private double fraction;

  @Option(
      names = "--preprocess",
      paramLabel = "NAME",
      description =
          "how pictures become the input: imagenet, tf, caffe, unit, none, a JSON file, or"
              + " auto: as the model, a file beside it or its name says (default: auto)")
  private @Nullable String preprocess;

  @Option(
      names = "--json",
      description = "print JSON and nothing else: verdict, heats with every run's curve, and more")
  private boolean json;

  @Option(
      names = "--html",
      paramLabel = "FILE.html",
      description =
          "write it as a page with the curves of all starts over each other, which opens without a"
              + " network")
  private @Nullable Path html;

  @Mixin private InputOptions input;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    TextOptions.expectPictures(data);
    Race race =
        UsageException.ofOptions(
            () -> new Race(pictures == null ? List.of(Race.USUAL) : pictures, seeds, epochs, seed));
    Model read = ModelFiles.read(model, preprocess, input, "--preprocess");
    Split<Pictures> split = DataFolders.open(data, fraction, seed);
    if (layers < 0) {
      throw new UsageException("--layers must be at least 0, found " + layers);
    }
    RaceResult result;
    TransferCurve curve = new TransferCurve(List.of());
    try (Backend backend = compute.open();
        WorkBar bar = new WorkBar()) {
      result = race.run(read, split, backend, compute.threads(), bar);
      if (layers > 0) {
        curve = TransferCurve.of(race, layers, read, split, backend, compute.threads(), bar);
      }
    }
    if (json) {
      ObjectNode node = json(result);
      if (layers > 0) {
        node.set("layers", json(curve));
      }
      System.out.println(node.toPrettyString());
    } else {
      print(curve);
      print(result);
    }
    if (html != null) {
      Page page = RacePage.of(model.getFileName() + " on " + data.getFileName(), result, curve);
      AtomicFile.write(html, out -> out.write(page.bytes()));
      System.err.println("note: the curves are in " + html);
    }
    return 0;
  }

  private static void print(RaceResult result) {
    System.out.println(
        String.format(
            Locale.ROOT,
            "%8s  %-12s %18s %20s",
            "pictures",
            "start",
            "accuracy %",
            "epochs to 95 %"));
    for (Heat heat : result.heats()) {
      for (Lane lane : heat.lanes()) {
        System.out.println(
            String.format(
                Locale.ROOT,
                "%8d  %-12s %18s %20s",
                heat.pictures(),
                lane.start().words(),
                lane.accuracy().text(100),
                lane.settled().text(1)));
      }
    }
    result.notes().forEach(note -> System.out.println("note: " + PlainText.line(note)));
    if (!result.crossover().isEmpty()) {
      System.out.println(result.crossover());
    }
    System.out.println(result.sentence());
  }

  private static void print(TransferCurve curve) {
    if (curve.points().isEmpty()) {
      return;
    }
    System.out.println(
        String.format(Locale.ROOT, "%11s %18s %20s", "layers kept", "frozen %", "fine-tuned %"));
    for (TransferCurve.Point point : curve.points()) {
      System.out.println(
          String.format(
              Locale.ROOT,
              "%11d %18s %20s",
              point.layers(),
              point.frozen().text(100),
              point.tuned().text(100)));
    }
    System.out.println();
  }

  private static ArrayNode json(TransferCurve curve) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (TransferCurve.Point point : curve.points()) {
      array
          .addObject()
          .put("layers", point.layers())
          .put("value", point.value())
          .put("frozen", point.frozen().mean())
          .put("tuned", point.tuned().mean());
    }
    return array;
  }

  private static ObjectNode json(RaceResult result) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    List<Heat> heats = result.heats();
    node.put("verdict", heats.get(heats.size() - 1).verdict().name().toLowerCase(Locale.ROOT));
    node.put("sentence", result.sentence());
    if (!result.crossover().isEmpty()) {
      node.put("crossover", result.crossover());
    }
    ArrayNode array = node.putArray("heats");
    for (Heat heat : heats) {
      ObjectNode one = array.addObject();
      one.put("pictures", heat.pictures()).put("epochs", heat.epochs());
      one.put("verdict", heat.verdict().name().toLowerCase(Locale.ROOT));
      ObjectNode lanes = one.putObject("starts");
      heat.lanes().forEach(lane -> lane(lanes, lane));
    }
    ArrayNode notes = node.putArray("notes");
    result.notes().forEach(notes::add);
    return node;
  }

  private static void lane(ObjectNode lanes, Lane lane) {
    ObjectNode node = lanes.putObject(lane.start().name().toLowerCase(Locale.ROOT));
    Interval accuracy = lane.accuracy();
    node.put("accuracy", accuracy.mean());
    if (!Double.isNaN(accuracy.half())) {
      node.put("confidence", accuracy.half());
    }
    ArrayNode runs = node.putArray("runs");
    for (Lane.Run run : lane.runs()) {
      ObjectNode one = runs.addObject();
      one.put("seed", run.seed()).put("accuracy", run.accuracy());
      one.put("epochsTo95", run.settled());
      for (String name : List.of("trainingLoss", "loss", "accuracyByEpoch")) {
        double[] curve =
            run.epochs().stream()
                .mapToDouble(
                    e ->
                        switch (name) {
                          case "loss" -> e.loss();
                          case "trainingLoss" -> e.trainingLoss();
                          default -> e.accuracy();
                        })
                .toArray();
        ArrayNode values = one.putArray(name);
        Arrays.stream(curve).forEach(values::add);
      }
    }
  }
}
