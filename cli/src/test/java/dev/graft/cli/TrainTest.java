package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.numpy.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on the samples, from the command line. */
class TrainTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");
  private static final Path PICTURE = DATA.resolve("val/star/00.png");

  @TempDir private Path folder;

  private final ObjectMapper json = new ObjectMapper();

  private Path train(String name, Object... more) {
    Path run = folder.resolve(name);
    Object[] all = new Object[11 + more.length];
    Object[] start = {
      "train", "--model", MODEL, "--data", DATA, "--out", run, "--epochs", 4, "--seed", 3
    };
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    CommandRun command = graft(all);
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
      assertThat(files.filter(p -> p.getFileName().toString().startsWith("."))).isEmpty();
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
  void runCommand_feedsArraysByName() {
    Path in = folder.resolve("x.npy");
    Path out = folder.resolve("y.npy");
    Npy.write(Tensor.zeros(Shape.of(3, 1, 32, 32)), in);
    CommandRun command = graft("run", MODEL, "--input", "image=" + in, "--output", out);
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(Npy.read(out).shape()).isEqualTo(Shape.of(3, 8));
  }

  @Test
  void inspect_tellsTrunkAndHead() throws IOException {
    CommandRun table = graft("inspect", MODEL);
    assertThat(table.out()).contains("the head starts with classes", "8 ", "depth");
    JsonNode node = json.readTree(graft("inspect", MODEL, "--json").out());
    assertThat(node.get("head").asText()).isEqualTo("classes");
    assertThat(node.get("roles").get("stem.norm.running_mean").asText()).isEqualTo("state");
  }

  @Test
  void convert_picksTheFormatByTheName() {
    Path onnx = folder.resolve("copy.onnx");
    assertThat(graft("convert", MODEL, onnx).code()).isZero();
    assertThat(ModelReader.read(onnx).metadata()).isEqualTo(ModelReader.read(MODEL).metadata());
    assertThat(graft("convert", MODEL, folder.resolve("w.safetensors")).code()).isZero();
    assertThat(graft("convert", MODEL, folder.resolve("w.txt")).err()).contains(".onnx");
  }

  @Test
  void everyCommand_explainsItself() {
    for (String name :
        List.of("train", "distill", "predict", "run", "inspect", "convert", "backends")) {
      CommandRun command = graft(name, "--help");
      assertThat(command.code()).isZero();
      assertThat(command.out()).contains("Usage: graft " + name);
      assertThat(graft("--help").out()).contains(name);
    }
    assertThat(graft("backends").out()).contains("java", "reference");
  }
}
