package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Smaller weights from the command line, with what they cost. */
class ConvertWeightsTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path SAMPLES = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  @Test
  void smallWeights_areMeasuredOnPictures() throws IOException {
    Path out = folder.resolve("small.onnx");
    Path trained = folder.resolve("run");
    CommandRun training =
        graft(
            "train",
            "--model",
            MODEL,
            "--data",
            SAMPLES,
            "--recipe",
            "head",
            "--epochs",
            2,
            "--out",
            trained,
            "--backend",
            "java");
    assertThat(training.code()).as(training.err()).isZero();
    CommandRun run =
        graft("convert", trained, out, "--weights", "int8", "--data", SAMPLES, "--backend", "java");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .containsPattern("accuracy on .*: [0-9.]+ % with float32 weights, [0-9.]+ % with int8");
    assertThat(Files.size(out)).isLessThan(Files.size(trained.resolve("model.onnx")) / 2);
  }

  @Test
  void whatDoesNotFit_isOneLine_andWritesNothing() {
    Path out = folder.resolve("small.onnx");
    CommandRun unknown = graft("convert", MODEL, out, "--weights", "int4");
    assertThat(unknown.code()).isOne();
    assertThat(unknown.err()).contains("float32, float16, int8, found int4");
    CommandRun other =
        graft("convert", MODEL, folder.resolve("w.safetensors"), "--weights", "int8");
    assertThat(other.err()).contains("--weights int8 is for OUT.onnx");
    CommandRun idle = graft("convert", MODEL, out, "--data", SAMPLES);
    assertThat(idle.err()).contains("--data measures what --weights");
    assertThat(folder).isEmptyDirectory();
  }
}
