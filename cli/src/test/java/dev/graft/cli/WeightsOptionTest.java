package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of another file, from the command line. */
class WeightsOptionTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  private CommandRun train(Path weights, String out) {
    return graft(
        "train",
        "--model",
        MODEL,
        "--weights",
        weights,
        "--data",
        DATA,
        "--recipe",
        "head",
        "--epochs",
        1,
        "--class-weights",
        "--backend",
        "java",
        "--out",
        folder.resolve(out));
  }

  @Test
  void aFileOfTheSameTensors_isLoadedWhole_inAnyFormat() throws Exception {
    Path tensors = folder.resolve("shapes.safetensors");
    assertThat(graft("convert", MODEL, tensors).code()).isZero();
    for (Path weights : new Path[] {MODEL, tensors}) {
      CommandRun run = train(weights, "run-" + weights.getFileName());
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).contains(" tensors loaded, 0 kept as they were, 0 of the file unused");
    }
    assertThat(folder.resolve("run-shapes.onnx/model.onnx"))
        .hasSameBinaryContentAs(folder.resolve("run-shapes.safetensors/model.onnx"));
    Path noise = Files.writeString(folder.resolve("noise.bin"), "no tensors at all");
    CommandRun refused = train(noise, "noise");
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).startsWith("error: ");
  }
}
