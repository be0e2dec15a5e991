package dev.graft.tests.insight;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.Cuts;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.insight.RankCorrelation;
import dev.graft.core.insight.rank.Candidate;
import dev.graft.core.insight.rank.Rank;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import dev.graft.core.transfer.surgery.Surgery;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What scores foretell of fine-tuning: for cuts of several networks the scores of {@code graft
 * rank} beside the accuracy that is reached from there, and how far their orders agree. {@code
 * tests/transfer/rank} runs it; its output stands in {@code tests/RESULTS-transfer.md}.
 */
final class RankMeasurement {

  private static final int CUTS = 3;
  private static final int VALIDATE = 120;

  /** Of many classes more pictures, and more epochs, until what fine-tuning yields is its own. */
  private static final int MANY = 3;

  private static final int LEARN_FEW = 100;
  private static final int EPOCHS_FEW = 6;
  private static final int LEARN_MANY = 200;
  private static final int EPOCHS_MANY = 16;

  /** Each with the preprocessing that it was trained with, the quick ones first. */
  private static final Map<String, Preprocessing> MODELS = new LinkedHashMap<>();

  static {
    MODELS.put("models_onnx/cifar10_resnet20.onnx", Preprocessing.named("imagenet", 3, 32, 32));
    MODELS.put(
        "models_keras/mlperf_tiny/pretrainedResnet.h5", Preprocessing.named("none", 3, 32, 32));
    MODELS.put("models_keras/mlperf_tiny/vww_96.h5", Preprocessing.named("unit", 3, 96, 96));
    MODELS.put(
        "models_keras/imagenet/mobilenet_v1_0.25_224.h5", Preprocessing.named("tf", 3, 224, 224));
    MODELS.put(
        "models_onnx/mobilenet_v2_1.0_224_tf2ptq.onnx", Preprocessing.named("tf", 3, 224, 224));
  }

  private final Path material;
  private final Path kept;
  private final Backend backend;

  private RankMeasurement(Path material, Path kept, Backend backend) {
    this.material = material;
    this.kept = kept;
    this.backend = backend;
  }

  /** A cut, its scores, and the accuracy reached from there; the accuracies from 0 to 1. */
  private record Row(
      String task,
      String model,
      int layers,
      long parameters,
      double logMe,
      double probe,
      double accuracy) {

    static Row of(String line) {
      String[] cells = line.split("\t");
      return new Row(
          cells[0],
          cells[1],
          Integer.parseInt(cells[2]),
          Long.parseLong(cells[3]),
          Double.parseDouble(cells[4]),
          Double.parseDouble(cells[5]),
          Double.parseDouble(cells[6]));
    }

    String line() {
      return String.join(
          "\t",
          task,
          model,
          Integer.toString(layers),
          Long.toString(parameters),
          Double.toString(logMe),
          Double.toString(probe),
          Double.toString(accuracy));
    }

    boolean isOf(String task, String model, int layers) {
      return this.task.equals(task) && this.model.equals(model) && this.layers == layers;
    }
  }

  /**
   * Measures what is missing, and prints the tables.
   *
   * @param arguments the folder of the material, a file that keeps what was measured, then names of
   *     tasks
   */
  public static void main(String[] arguments) throws IOException {
    try (Backend backend = Backends.byName(Backends.AUTO, 1)) {
      RankMeasurement measurement =
          new RankMeasurement(Path.of(arguments[0]), Path.of(arguments[1]), backend);
      for (String task : Arrays.asList(arguments).subList(2, arguments.length)) {
        measurement.measure(task);
        print(measurement.rows().stream().filter(row -> row.task.equals(task)).toList());
      }
    }
  }

  private List<Row> rows() throws IOException {
    return Files.exists(kept) ? Files.readAllLines(kept).stream().map(Row::of).toList() : List.of();
  }

  private void measure(String task) throws IOException {
    Split<Pictures> all = DataFolders.open(material.resolve("data").resolve(task), 0.2, 1);
    Pictures test = all.test() == null ? all.validation() : all.test();
    Split<Pictures> data =
        new Split<>(
            some(all.training(), isOfMany(all.training()) ? LEARN_MANY : LEARN_FEW),
            some(test, VALIDATE));
    for (Map.Entry<String, Preprocessing> entry : MODELS.entrySet()) {
      Model model = model(material.resolve(entry.getKey()), entry.getValue());
      String name = Path.of(entry.getKey()).getFileName().toString();
      List<Row> known = rows();
      boolean isDone =
          Cuts.of(model, CUTS).stream()
              .allMatch(cut -> known.stream().anyMatch(r -> r.isOf(task, name, cut.layers())));
      if (!isDone) {
        measure(task, name, model, data, known);
      }
    }
  }

  private void measure(String task, String name, Model model, Split<Pictures> data, List<Row> known)
      throws IOException {
    for (Candidate c :
        Rank.candidates(name, model, data.training(), CUTS, backend, 1, TrainListener.SILENT)) {
      Cut cut = c.cut();
      if (known.stream().noneMatch(row -> row.isOf(task, name, cut.layers()))) {
        double accuracy = tuned(Surgery.cut(model, cut.value()), data);
        Row row =
            new Row(task, name, cut.layers(), cut.parameters(), c.logMe(), c.probe(), accuracy);
        Files.writeString(
            kept, row.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      }
    }
  }

  private static boolean isOfMany(Pictures pictures) {
    return pictures.classes().size() >= MANY;
  }

  private double tuned(Model cut, Split<Pictures> data) {
    Settings settings =
        Settings.of(Recipe.STAGED, isOfMany(data.training()) ? EPOCHS_MANY : EPOCHS_FEW)
            .head(HeadChoice.APPEND)
            .seed(1)
            .backend(backend)
            .threads(1);
    return FineTune.run(cut, data, settings).best().get("accuracy");
  }

  private static Model model(Path file, Preprocessing preprocessing) {
    Model read = ModelReader.read(file);
    Preprocessing laid = preprocessing.withLayout(Preprocessing.Layout.of(read.graph().input()));
    return read.with(read.metadata().withPreprocessing(laid));
  }

  private static Pictures some(Pictures all, int most) {
    int[] indices = new int[Math.min(most, all.size())];
    Arrays.setAll(indices, i -> (int) ((long) i * all.size() / indices.length));
    return all.subset(indices);
  }

  private static void print(List<Row> rows) {
    for (Row row : rows) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %d | %,d | %.3f | %.1f | %.1f |%n",
          row.task,
          row.model,
          row.layers,
          row.parameters,
          row.logMe,
          100 * row.probe,
          100 * row.accuracy);
    }
    print(rows, "the probe", Row::probe);
    print(rows, "LogME", Row::logMe);
    print(rows, "the number of parameters", Row::parameters);
    double error =
        rows.stream().mapToDouble(r -> Math.abs(r.accuracy - r.probe)).average().orElse(0);
    System.out.printf(
        Locale.ROOT,
        "- %s: the probe is off by %.1f points on average%n",
        rows.get(0).task,
        100 * error);
  }

  /** How far a score orders all cuts, and those of one network, and what its first choice costs. */
  private static void print(List<Row> rows, String name, ToDoubleFunction<Row> score) {
    double best = rows.stream().mapToDouble(Row::accuracy).max().orElseThrow();
    Row first = rows.stream().max(Comparator.comparingDouble(score)).orElseThrow();
    double within =
        rows.stream().collect(Collectors.groupingBy(Row::model)).values().stream()
            .mapToDouble(cuts -> tau(cuts, score))
            .filter(tau -> !Double.isNaN(tau))
            .average()
            .orElse(Double.NaN);
    System.out.printf(
        Locale.ROOT,
        "- %s, %s: tau %.2f over all, %.2f among the cuts of one network; what it puts first reaches"
            + " %.1f %%, the best %.1f %%%n",
        rows.get(0).task,
        name,
        tau(rows, score),
        within,
        100 * first.accuracy,
        100 * best);
  }

  private static double tau(List<Row> rows, ToDoubleFunction<Row> score) {
    return RankCorrelation.kendall(
        rows.stream().mapToDouble(score).toArray(),
        rows.stream().mapToDouble(Row::accuracy).toArray());
  }
}
