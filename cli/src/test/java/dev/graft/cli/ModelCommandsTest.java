package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.numpy.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that take a model as it is: predict, run, inspect and convert. */
class ModelCommandsTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path PICTURE = Path.of("tests/samples/symbols/val/star/00.png");

  @TempDir private Path folder;

  private final ObjectMapper json = new ObjectMapper();

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
  void run_profilesEveryStep() {
    Path in = folder.resolve("x.npy");
    Npy.write(Tensor.zeros(Shape.of(1, 1, 32, 32)), in);
    CommandRun command =
        graft(
            "run",
            MODEL,
            "--profile",
            "--backend",
            "java",
            "--input",
            in,
            "--output",
            folder.resolve("y.npy"));
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).contains("GFLOP/s", "Conv+BatchNormalization", "outputs", " steps, ");
  }

  @Test
  void run_asksForNamesWhereThereAreSeveral() {
    GraphBuilder g = new GraphBuilder(1);
    String a = g.input("a", Shape.of(2));
    String b = g.input("b", Shape.of(2));
    Path two = folder.resolve("two.onnx");
    ModelWriter.write(g.build(g.add(a, b), g.relu(a)), two);
    Path one = folder.resolve("one.npy");
    Npy.write(Tensor.of(Shape.of(1, 2), -1, 2), one);
    Path sum = folder.resolve("sum.npy");
    Path positive = folder.resolve("positive.npy");
    CommandRun command =
        graft(
            "run",
            two,
            "--input",
            "a=" + one,
            "--input",
            "b=" + one,
            "--output",
            "add1=" + sum,
            "--output",
            "relu1=" + positive);
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(Npy.read(sum).toArray()).containsExactly(-2, 4);
    assertThat(Npy.read(positive).toArray()).containsExactly(0, 2);
    CommandRun unnamed = graft("run", two, "--input", one, "--output", sum);
    assertThat(unnamed.code()).isEqualTo(1);
    assertThat(unnamed.err()).contains("several inputs", "a, b");
    CommandRun missing = graft("run", two, "--input", "a=" + one, "--output", "add1=" + sum);
    assertThat(missing.err()).contains("input b is missing");
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
  void inspectJson_isJsonAndNothingElse() throws IOException {
    CommandRun command = graft("inspect", MODEL, "--json");
    assertThat(command.code()).isZero();
    assertThat(command.err()).isEmpty();
    JsonNode root = json.readTree(command.out());
    long parameters = 0;
    for (JsonNode node : root.get("nodes")) {
      parameters += node.get("parameters").asLong();
    }
    assertThat(root.get("parameters").asLong())
        .isEqualTo(parameters)
        .isEqualTo(ModelReader.read(MODEL).parameterCount());
    assertThat(root.get("inputs").get(0).get("name").asText()).isEqualTo("image");
    assertThat(root.get("labels")).hasSize(8);
    assertThat(root.get("import").get("format").asText()).contains("ONNX");
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
  void predict_takesLabelsFromAFile_andPrintsALineAPicture() throws IOException {
    Path labels = folder.resolve("labels.txt");
    Files.writeString(labels, "a\nb\nc\nd\ne\nf\ng\nh\n");
    CommandRun command =
        graft("predict", "--model", MODEL, "--labels", labels, "--top", 1, PICTURE, PICTURE);
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out().lines()).hasSize(2).allMatch(l -> l.matches(".*00.png\t[a-h]\t.*%"));
    assertThat(command.err()).isEmpty();
  }

  @Test
  void predictJson_goesOnWhereAPictureCannotBeRead() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.png"), "no picture");
    CommandRun command = graft("predict", "--model", MODEL, "--json", broken, PICTURE);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err()).startsWith("error: ").contains("broken.png");
    JsonNode said = json.readTree(command.out());
    assertThat(said).hasSize(1);
    assertThat(said.get(0).get("file").asText()).isEqualTo(PICTURE.toString());
    JsonNode first = said.get(0).get("predictions").get(0);
    assertThat(first.has("label") && first.has("index") && first.has("probability")).isTrue();
    assertThat(command.out().strip()).startsWith("[").endsWith("]");
  }
}
