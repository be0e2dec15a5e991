package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.numpy.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model file says is told where it matters, and never tells the terminal anything. */
class StrangersTextTest {

  private static final String RED = "\u001b[31m";
  private static final String PICTURE = "tests/samples/symbols/val/star/00.png";

  @TempDir private Path folder;

  private Path model(String trunk, List<String> labels) {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x" + RED, Shape.of(1, 32, 32));
    String y = g.conv(trunk, x, 2, Window.square(3, 2, 1));
    y = g.linear("fc", g.flatten(g.globalAveragePool(y)), 4);
    Model model = g.build(g.softmax(y));
    Metadata said =
        new Metadata(
            labels, Preprocessing.named("unit", 1, 32, 32), null, Map.of("by" + RED, "a\nb" + RED));
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(model.with(said), file);
    return file;
  }

  private static void harmless(CommandRun run, int lines) {
    assertThat(run.out() + run.err()).doesNotContain("\u001b", "\u0007", "\u202e", "\u009b");
    assertThat(run.out().lines().filter(line -> line.contains("kitten"))).hasSizeLessThan(2);
    assertThat(run.out().lines().count()).isEqualTo(lines);
  }

  @Test
  void namesAndLabels_arePrintedWithoutCommandsAndLineBreaks() throws IOException {
    List<String> labels = List.of("kitten\n" + RED, "b\u202eb", "c\u009bc\u0007", "d");
    Path file = model("conv" + RED + "\nerror: gotcha", labels);
    CommandRun inspected = graft("inspect", file);
    harmless(inspected, (int) inspected.out().lines().count());
    assertThat(inspected.out()).contains("conv [31m error: gotcha");
    harmless(graft("predict", "--model", file, PICTURE), 1);
    Path in = folder.resolve("x.npy");
    Npy.write(Tensor.zeros(Shape.of(1, 1, 32, 32)), in);
    harmless(graft("run", file, "--input", in, "--output", folder.resolve("y.npy")), 1);
    CommandRun missing = graft("run", file, "--input", "no=" + in, "--output", in);
    assertThat(missing.code()).isEqualTo(1);
    harmless(missing, 0);
    assertThat(missing.errors()).hasSize(1);
  }

  /** Opset 13 made opset 30 in the file: what its operators mean there is not known. */
  @Test
  void warningsOfTheImport_areToldByEveryCommandThatUsesTheModel() throws IOException {
    Path file = model("conv", List.of());
    String hex = HexFormat.of().formatHex(Files.readAllBytes(file));
    Files.write(file, HexFormat.of().parseHex(hex.replace("42040a00100d", "42040a00101e")));
    Path in = folder.resolve("x.npy");
    Npy.write(Tensor.zeros(Shape.of(1, 1, 32, 32)), in);
    for (CommandRun run :
        List.of(
            graft("run", file, "--input", in, "--output", folder.resolve("y.npy")),
            graft("predict", "--model", file, PICTURE),
            graft(
                "train",
                "--model",
                file,
                "--data",
                "tests/samples/symbols",
                "--out",
                folder.resolve("run"),
                "--epochs",
                "1",
                "--recipe",
                "head"),
            graft(
                "distill",
                "--teacher",
                "tests/samples/shapes.onnx",
                "--student",
                file,
                "--teacher-preprocess",
                "unit",
                "--data",
                "tests/samples/symbols",
                "--out",
                folder.resolve("distilled"),
                "--epochs",
                "1"))) {
      assertThat(run.err()).contains("warning: " + file + ": opset 30 is newer than 25");
    }
    assertThat(graft("inspect", file).out()).contains("warning: opset 30 is newer than 25");
    assertThat(graft("convert", file, folder.resolve("copy.onnx")).out())
        .contains("warning: opset 30");
  }
}
