package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models as other people's exporters write them: they train, predict, and keep their door. */
class ExportedModelsTest {

  private static final String DATA = "tests/samples/symbols";
  private static final String PICTURE = "tests/samples/symbols/val/star/00.png";

  @TempDir private Path folder;

  private Path trained(Object model, String... more) {
    Path run = folder.resolve("run");
    Object[] arguments = {
      "train", "--model", model, "--data", DATA, "--out", run, "--epochs", "2", "--batch", "7"
    };
    Object[] all = new Object[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    CommandRun command = graft(all);
    assertThat(command.code()).as(command.err()).isZero();
    CommandRun predicted = graft("predict", "--model", run.resolve("model.onnx"), PICTURE);
    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(predicted.out()).contains("star");
    return run.resolve("model.onnx");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytorch", "keras"})
  void filesOfOtherExporters_trainPredictAndKeepTheirDoor(String name) {
    Path file = Path.of("tests/samples/" + name + ".onnx");
    Model model = ModelReader.read(file);
    assertThat(model.graph().input().isBatched()).isTrue();
    Model again = ModelReader.read(trained(file, "--preprocess", "unit", "--recipe", "full"));
    assertThat(again.graph().inputs()).isEqualTo(model.graph().inputs());
    assertThat(again.graph().shapes(3).get(again.graph().output())).isEqualTo(Shape.of(3, 4));
  }

  private Path anySize() {
    GraphBuilder g = new GraphBuilder(1);
    Shape sizes = Shape.ofSizes(Size.of(3), Size.open("height", "x"), Size.open("width", "x"));
    String y = g.relu(g.conv("conv", g.input("x", sizes), 4, Window.square(3, 2, 1)));
    Path file = folder.resolve("any.onnx");
    ModelWriter.write(g.build(g.linear("fc", g.flatten(g.globalAveragePool(y)), 5)), file);
    return file;
  }

  @Test
  void openHeightAndWidth_takeTheSizeAskedFor_andStayOpen() {
    Path file = anySize();
    CommandRun unsaid =
        graft(
            "train",
            "--model",
            file,
            "--data",
            DATA,
            "--out",
            folder.resolve("none"),
            "--preprocess",
            "unit");
    assertThat(unsaid.code()).isNotZero();
    assertThat(unsaid.err()).contains("any size", "--size N or HxW");
    Path model = trained(file, "--preprocess", "unit", "--size", "24x20", "--recipe", "staged");
    Model read = ModelReader.read(model);
    InputSpec input = read.graph().input();
    assertThat(input.shape().dim(2).isKnown()).isFalse();
    assertThat(read.metadata().preprocessing().item()).isEqualTo(Shape.of(3, 24, 20));
    // The size of the preprocessing is the default from then on.
    CommandRun larger = graft("predict", "--model", model, "--size", "48", PICTURE);
    assertThat(larger.code()).as(larger.err()).isZero();
    assertThat(graft("predict", "--model", model, "--size", "0x1", PICTURE).err())
        .contains("--size expects pixels");
  }

  @Test
  void openHeightAndWidth_areThoseUsualWithANamedPreprocessing() {
    CommandRun run = graft("predict", "--model", anySize(), "--preprocess", "imagenet", PICTURE);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err())
        .contains("224 pixels are usual with imagenet, --size takes another")
        .contains("nothing says what the 5 outputs are");
  }

  @Test
  void inspect_showsTheSizeAndTheOutputAskedFor() {
    CommandRun sized = graft("inspect", anySize(), "--size", "24x20");
    assertThat(sized.code()).as(sized.err()).isZero();
    // A convolution of 3x3 from 3 channels to 4, at every second pixel.
    assertThat(sized.out()).contains("[1,4,12,10]", String.format("%,d", 27 * 4 * 12 * 10));
    CommandRun fixed = graft("inspect", "tests/samples/shapes.onnx", "--size", "24x20");
    assertThat(fixed.code()).isEqualTo(1);
    assertThat(fixed.err()).contains("input", "24,20");
    Path file = twoOutputs();
    String main = ModelReader.read(file).graph().outputs().get(0);
    CommandRun one = graft("inspect", file, "--use-output", main);
    assertThat(one.out()).contains("output   " + main).doesNotContain("aux");
    assertThat(graft("inspect", file).out()).contains("aux");
  }

  /** Two heads, for five classes and for two. */
  private Path twoOutputs() {
    GraphBuilder g = new GraphBuilder(1);
    String y = g.conv("conv", g.input("x", Shape.of(1, 16, 16)), 3, Window.square(3, 2, 1));
    String features = g.flatten(g.globalAveragePool(g.relu(y)));
    Path file = folder.resolve("two.onnx");
    ModelWriter.write(g.build(g.linear("main", features, 4), g.linear("aux", features, 2)), file);
    return file;
  }

  @Test
  void aTeacher_hasASizeAndAnOutputOfItsOwn() {
    Path teacher = twoOutputs();
    Object[] words = {
      "distill",
      "--teacher",
      teacher,
      "--teacher-preprocess",
      "unit",
      "--student",
      anySize(),
      "--preprocess",
      "unit",
      "--size",
      "20",
      "--data",
      DATA,
      "--out",
      folder.resolve("student"),
      "--epochs",
      "1"
    };
    assertThat(graft(words).err()).contains("choose one with --teacher-use-output NAME");
    List<Object> more = new ArrayList<>(List.of(words));
    more.addAll(
        List.of("--teacher-use-output", ModelReader.read(teacher).graph().outputs().get(0)));
    CommandRun run = graft(more.toArray());
    assertThat(run.code()).as(run.err()).isZero();
    more.set(2, anySize());
    CommandRun unsized = graft(more.subList(0, words.length).toArray());
    assertThat(unsized.err()).contains("say which with --teacher-size N or HxW");
  }

  @Test
  void oneOfSeveralOutputs_isUsed_andTheOthersDropped() {
    Path file = twoOutputs();
    CommandRun unsaid = graft("predict", "--model", file, "--preprocess", "unit", PICTURE);
    assertThat(unsaid.err()).contains("--use-output NAME");
    String main = ModelReader.read(file).graph().outputs().get(0);
    CommandRun wrong =
        graft("predict", "--model", file, "--preprocess", "unit", "--use-output", "z", PICTURE);
    assertThat(wrong.err()).contains("no output z", main);
    Path model = trained(file, "--preprocess", "unit", "--use-output", main);
    assertThat(ModelReader.read(model).graph().outputs()).containsExactly(main);
    assertThat(ModelReader.read(model).weights().names()).noneMatch(n -> n.startsWith("aux"));
  }
}
