package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The main job on the samples, from the command line. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class TrainTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");
  private static final Path PICTURE = DATA.resolve("val/star/00.png");

  @TempDir private Path folder;

  private final ObjectMapper json = new ObjectMapper();

  /** By 'staged', unless another recipe is named. */
  private Path train(String name, Object... more) {
    Path run = folder.resolve(name);
    List<Object> all = new ArrayList<>(List.of("train", "--model", MODEL, "--data", DATA));
    all.addAll(List.of("--out", run, "--epochs", 4, "--seed", 3));
    all.addAll(List.of(more));
    if (!all.contains("--recipe")) {
      all.addAll(List.of("--recipe", "staged"));
    }
    CommandRun command = graft(all.toArray());
    assertThat(command.code()).as(command.err()).isZero();
    return run;
  }

  @Test
  void run_leavesEverythingThatIsPromised() throws IOException {
    Path run = train("run");
    assertThat(Files.readAllLines(run.resolve("labels.txt")))
        .containsExactly("arrow", "heart", "moon", "star");
    List<String> metrics = Files.readAllLines(run.resolve("metrics.jsonl"));
    assertThat(metrics).hasSize(4);
    JsonNode first = json.readTree(metrics.get(0));
    assertThat(first.get("phase").asText()).isEqualTo("head");
    assertThat(json.readTree(metrics.get(3)).get("phase").asText()).isEqualTo("all");
    for (String field : List.of("epoch", "rate", "trainLoss", "valLoss", "valAccuracy")) {
      assertThat(first.has(field)).as(field).isTrue();
    }
    JsonNode report = json.readTree(run.resolve("report.json").toFile());
    for (String field :
        List.of("valAccuracy", "finalValAccuracy", "bestEpoch", "trainSeconds", "images")) {
      assertThat(report.has(field)).as(field).isTrue();
    }
    assertThat(report.get("images").asInt()).isEqualTo(80);
    assertThat(run.resolve("checkpoints/best.safetensors")).exists();
    assertThat(run.resolve("checkpoints/last.safetensors")).exists();
    try (var files = Files.list(run)) {
      assertThat(files.filter(p -> p.getFileName().toString().startsWith(".")))
          .containsExactly(run.resolve(".lock"));
    }
  }

  @Test
  void exportedModel_needsNoOtherOptionToPredict() throws IOException {
    Path model = train("run").resolve("model.onnx");
    CommandRun command = graft("predict", "--model", model, PICTURE, "--json", "--top", 2);
    assertThat(command.code()).as(command.err()).isZero();
    JsonNode predictions = json.readTree(command.out()).get(0).get("predictions");
    assertThat(predictions).hasSize(2);
    double best = predictions.get(0).get("probability").asDouble();
    assertThat(best).isGreaterThanOrEqualTo(predictions.get(1).get("probability").asDouble());
    assertThat(List.of("arrow", "heart", "moon", "star"))
        .contains(predictions.get(0).get("label").asText());
  }

  @Test
  void sameSeed_writesTheSameBytes_withOneThreadAndTwo() throws IOException {
    Path one = train("one", "--threads", 1, "--augment", "flip", "--cache", "off");
    Path two = train("two", "--threads", 2, "--augment", "flip", "--cache", "off");
    assertThat(two.resolve("model.onnx")).hasSameBinaryContentAs(one.resolve("model.onnx"));
  }

  @Test
  void cachedFeatures_giveTheSameBytesAsNone() throws IOException {
    Path cached = train("cached", "--recipe", "head");
    Path direct = train("direct", "--recipe", "head", "--cache", "off");
    assertThat(direct.resolve("model.onnx")).hasSameBinaryContentAs(cached.resolve("model.onnx"));
  }

  @Test
  void headRecipe_leavesTheTrunkAlone() {
    Model before = ModelReader.read(MODEL);
    Model after = ModelReader.read(train("run", "--recipe", "head").resolve("model.onnx"));
    for (String name : before.weights().names()) {
      if (!name.startsWith("classes")) {
        assertThat(after.weights().get(name).toArray())
            .as(name)
            .isEqualTo(before.weights().get(name).toArray());
      }
    }
  }

  @Test
  void distillation_runsInOneCommand() throws IOException {
    Path teacher = train("teacher").resolve("model.onnx");
    GraphBuilder g = new GraphBuilder(1);
    String x = g.flatten(g.input("small", Shape.of(1, 16, 16)));
    x = g.linear("out", g.relu(g.linear("hidden", x, 16)), 4);
    Model student = g.build(x);
    Path file = folder.resolve("student.onnx");
    Preprocessing unit = Preprocessing.named("unit", 1, 16, 16);
    ModelWriter.write(student.with(student.metadata().withPreprocessing(unit)), file);
    Path run = folder.resolve("distilled");
    CommandRun command =
        graft(
            "distill",
            "--teacher",
            teacher,
            "--student",
            file,
            "--data",
            DATA,
            "--out",
            run,
            "--epochs",
            3,
            "--labelled",
            8);
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(json.readTree(run.resolve("report.json").toFile()).get("alpha").asDouble())
        .isEqualTo(0.9);
  }

  @Test
  void metrics_areAJsonLineAnEpoch_andTheReportAgreesWithThem() throws IOException {
    Path run = train("run", "--quiet", "--recipe", "head");
    List<JsonNode> epochs = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      epochs.add(json.readTree(line));
    }
    JsonNode report = json.readTree(run.resolve("report.json").toFile());
    for (int i = 0; i < epochs.size(); i++) {
      JsonNode epoch = epochs.get(i);
      assertThat(epoch.get("epoch").asInt()).isEqualTo(i + 1);
      assertThat(epoch.get("rate").asDouble()).isPositive();
      assertThat(epoch.get("seconds").asDouble()).isNotNegative();
      assertThat(epoch.get("trainAccuracy").asDouble()).isBetween(0.0, 1.0);
    }
    JsonNode best = epochs.get(report.get("bestEpoch").asInt() - 1);
    assertThat(best.get("best").asBoolean()).isTrue();
    // No head in closed form, no average of epochs.
    assertThat(report.get("average").asText()).isEmpty();
    assertThat(report.get("valAccuracy")).isEqualTo(best.get("valAccuracy"));
    assertThat(report.get("valLoss")).isEqualTo(best.get("valLoss"));
    JsonNode last = epochs.get(epochs.size() - 1);
    assertThat(report.get("finalValAccuracy")).isEqualTo(last.get("valAccuracy"));
    assertThat(report.get("epochs").asInt()).isEqualTo(epochs.size());
    assertThat(report.get("seed").asInt()).isEqualTo(3);
    assertThat(report.get("recipe").asText()).isEqualTo("head");
    assertThat(report.get("unreadable")).isEmpty();
  }

  @Test
  void theModelFile_isTheBestCheckpoint_andHoldsNoDate() throws IOException {
    Path run = train("run");
    Model model = ModelReader.read(run.resolve("model.onnx"));
    var store = new SafetensorsCheckpointStore(run.resolve("checkpoints"));
    CheckpointStore.Checkpoint best = store.load(CheckpointStore.BEST).orElseThrow();
    for (String name : best.weights().names()) {
      assertThat(model.weights().get(name).toArray())
          .as(name)
          .isEqualTo(best.weights().get(name).toArray());
    }
    Path again = train("again");
    assertThat(again.resolve("model.onnx")).hasSameBinaryContentAs(run.resolve("model.onnx"));
    assertThat(again.resolve("labels.txt")).hasSameBinaryContentAs(run.resolve("labels.txt"));
  }

  @Test
  void anotherSeed_writesOtherBytes() throws IOException {
    Path one = train("one", "--recipe", "head");
    Path two = folder.resolve("two");
    Object[] other = {
      "train",
      "--model",
      MODEL,
      "--data",
      DATA,
      "--out",
      two,
      "--recipe",
      "head",
      "--epochs",
      4,
      "--seed",
      4
    };
    assertThat(graft(other).code()).isZero();
    assertThat(Files.mismatch(one.resolve("model.onnx"), two.resolve("model.onnx")))
        .isNotNegative();
  }

  @Test
  void freezeAndFactors_reachTheTraining() {
    Model before = ModelReader.read(MODEL);
    Model after =
        ModelReader.read(
            train(
                    "run",
                    "--recipe",
                    "full",
                    "--lr",
                    0.05,
                    "--freeze",
                    "stem",
                    "--lr-factor",
                    "classes=2")
                .resolve("model.onnx"));
    for (String name : before.weights().names()) {
      boolean same =
          Arrays.equals(after.weights().get(name).toArray(), before.weights().get(name).toArray());
      assertThat(same).as(name).isEqualTo(name.startsWith("stem"));
    }
  }

  @Test
  void theHead_staysWhereTheLabelsAreTheModels() throws IOException {
    Path first = train("first", "--recipe", "head").resolve("model.onnx");
    Path kept = folder.resolve("kept");
    Object[] more = {
      "train",
      "--model",
      first,
      "--data",
      DATA,
      "--out",
      kept,
      "--recipe",
      "head",
      "--epochs",
      1,
      "--lr",
      1e-9
    };
    assertThat(graft(more).code()).isZero();
    float[] before = ModelReader.read(first).weights().get("classes.weight").toArray();
    float[] after =
        ModelReader.read(kept.resolve("model.onnx")).weights().get("classes.weight").toArray();
    for (int i = 0; i < before.length; i++) {
      // A rate of 1e-9 moves nothing that could be seen; a new head would be another.
      assertThat(after[i]).isCloseTo(before[i], within(1e-6f));
    }
  }

  @Test
  void unlabelledPictures_joinTheTraining() throws IOException {
    Path teacher = train("teacher", "--recipe", "head").resolve("model.onnx");
    Path run = folder.resolve("distilled");
    CommandRun command =
        graft(
            "distill",
            "--teacher",
            teacher,
            "--student",
            MODEL,
            "--data",
            DATA,
            "--out",
            run,
            "--epochs",
            1,
            "--recipe",
            "head",
            "--unlabelled",
            DATA.resolve("val"));
    assertThat(command.code()).as(command.err()).isZero();
    JsonNode report = json.readTree(run.resolve("report.json").toFile());
    int more = report.get("images").asInt() - 80;
    assertThat(more).isEqualTo(report.get("validationImages").asInt());
  }
}
