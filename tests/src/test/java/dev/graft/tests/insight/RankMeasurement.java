package dev.graft.tests.insight;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What scores foretell of fine-tuning: for cuts of several networks the scores of {@code graft
 * rank} beside the accuracy that is reached from there, and how far their orders agree. {@code
 * tests/transfer/rank} runs it; its output stands in {@code tests/RESULTS-transfer.md}.
 */
final class RankMeasurement {

  private static final int CUTS = 3;
  private static final int LEARN = 100;
  private static final int VALIDATE = 120;
  private static final int EPOCHS = 12;

  /** Each with the preprocessing that it was trained with; every input is square. */
  private static final Map<String, Preprocessing> MODELS =
      new TreeMap<>(
          Map.of(
              "models_onnx/cifar10_resnet20.onnx", Preprocessing.named("imagenet", 3, 32, 32),
              "models_keras/mlperf_tiny/pretrainedResnet.h5",
                  Preprocessing.named("none", 3, 32, 32),
              "models_keras/mlperf_tiny/vww_96.h5", Preprocessing.named("unit", 3, 96, 96),
              "models_keras/imagenet/mobilenet_v1_0.25_224.h5",
                  Preprocessing.named("tf", 3, 224, 224),
              "models_onnx/mobilenet_v2_1.0_224_tf2ptq.onnx",
                  Preprocessing.named("tf", 3, 224, 224)));

  private RankMeasurement() {}

  private record Measured(Candidate candidate, double accuracy) {}

  /**
   * Prints the tables.
   *
   * @param arguments the folder of the material, then names of tasks
   */
  public static void main(String[] arguments) {
    Path material = Path.of(arguments[0]);
    try (Backend backend = Backends.byName(Backends.AUTO, 1)) {
      for (String task : Arrays.asList(arguments).subList(1, arguments.length)) {
        Split<Pictures> all = DataFolders.open(material.resolve("data").resolve(task), 0.2, 1);
        Pictures test = all.test() == null ? all.validation() : all.test();
        Split<Pictures> data = new Split<>(some(all.training(), LEARN), some(test, VALIDATE));
        List<Measured> measured = new ArrayList<>();
        MODELS.forEach(
            (name, preprocessing) ->
                measured.addAll(
                    measure(material.resolve(name), preprocessing, data, task, backend)));
        print(task, measured);
      }
    }
  }

  private static Pictures some(Pictures all, int most) {
    int[] indices = new int[Math.min(most, all.size())];
    Arrays.setAll(indices, i -> (int) ((long) i * all.size() / indices.length));
    return all.subset(indices);
  }

  private static List<Measured> measure(
      Path file, Preprocessing preprocessing, Split<Pictures> data, String task, Backend backend) {
    Model read = ModelReader.read(file);
    Preprocessing laid = preprocessing.withLayout(Preprocessing.Layout.of(read.graph().input()));
    Model model = read.with(read.metadata().withPreprocessing(laid));
    String name = file.getFileName().toString();
    List<Measured> measured = new ArrayList<>();
    for (Candidate candidate :
        Rank.candidates(name, model, data.training(), CUTS, backend, 1, TrainListener.SILENT)) {
      Model cut = Surgery.cut(model, candidate.cut().value());
      Settings settings =
          Settings.of(Recipe.STAGED, EPOCHS)
              .head(HeadChoice.APPEND)
              .seed(1)
              .backend(backend)
              .threads(1);
      double accuracy = FineTune.run(cut, data, settings).best().get("accuracy");
      Measured one = new Measured(candidate, accuracy);
      measured.add(one);
      System.out.println(row(task, one));
    }
    return measured;
  }

  private static String row(String task, Measured one) {
    Candidate c = one.candidate;
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d | %,d | %.3f | %.1f | %.1f |",
        task,
        c.model(),
        c.cut().layers(),
        c.cut().parameters(),
        c.logMe(),
        100 * c.probe(),
        100 * one.accuracy);
  }

  private static void print(String task, List<Measured> measured) {
    double error = 0;
    for (Measured one : measured) {
      error += Math.abs(one.accuracy - one.candidate.probe()) / measured.size();
    }
    System.out.printf(
        Locale.ROOT,
        "%s: Kendall's tau with the accuracy: probe %.2f, LogME %.2f, parameters %.2f; the probe is"
            + " off by %.1f points on average%n",
        task,
        tau(measured, c -> c.probe()),
        tau(measured, c -> c.logMe()),
        tau(measured, c -> c.cut().parameters()),
        100 * error);
  }

  private static double tau(List<Measured> measured, ToDoubleFunction<Candidate> score) {
    return RankCorrelation.kendall(
        measured.stream().mapToDouble(m -> score.applyAsDouble(m.candidate)).toArray(),
        measured.stream().mapToDouble(Measured::accuracy).toArray());
  }
}
