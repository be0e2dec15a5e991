package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Weights;
import dev.graft.importers.ModelReader;
import dev.graft.importers.WeightsReader;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters, other channels, and what does not go together, from the command line. */
class TrainingCraftTest {

  @TempDir private Path folder;

  private CommandRun train(String out, Object... more) {
    Stream<Object> usual =
        Stream.of(
            "train",
            "--model",
            Path.of("tests/samples/shapes.onnx"),
            "--data",
            Path.of("tests/samples/symbols"),
            "--epochs",
            2,
            "--backend",
            "java",
            "--out",
            folder.resolve(out));
    return graft(Stream.concat(usual, Stream.of(more)).toArray());
  }

  @Test
  void adapters_areMerged_keptAlone_andGoneOnWith() {
    CommandRun run = train("run", "--recipe", "staged", "--lora", 2);
    assertThat(run.code()).as(run.err()).isZero();
    Weights base = ModelReader.read(Path.of("tests/samples/shapes.onnx")).weights();
    Weights merged = ModelReader.read(folder.resolve("run/model.onnx")).weights();
    assertThat(merged.names()).isEqualTo(base.names());
    Path file = folder.resolve("run/adapters.safetensors");
    Weights adapters = WeightsReader.read(file);
    assertThat(adapters.names()).isNotEmpty().allMatch(name -> name.contains(".lora_"));
    CommandRun again = train("again", "--recipe", "staged", "--lora", 2, "--weights", file);
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(again.err()).contains(adapters.names().size() + " tensors loaded");
  }

  @Test
  void aNetworkForColours_learnsGrayPictures_andBack() {
    int before = channels(Path.of("tests/samples/shapes.onnx"));
    int other = before == 1 ? 3 : 1;
    CommandRun run = train("other", "--recipe", "head", "--input-channels", other);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(channels(folder.resolve("other/model.onnx"))).isEqualTo(other);
    CommandRun predicted =
        graft("predict", "--model", folder.resolve("other/model.onnx"), "tests/samples/symbols");
    assertThat(predicted.code()).as(predicted.err()).isZero();
    assertThat(train("h", "--input-channels", 4).err())
        .startsWith("error: pictures have 1 or 3 channels, found 4");
  }

  private static int channels(Path model) {
    return ModelReader.read(model).graph().input().shape().size(1);
  }

  @Test
  void whatDoesNotGoTogether_isSaid() {
    assertThat(train("a", "--lora", 0).err()).startsWith("error: --lora must be at least 1");
    assertThat(train("b", "--lora", 2, "--recipe", "scratch").err())
        .startsWith("error: --lora and --recipe scratch exclude each other");
    assertThat(train("c", "--find-lr", "--lr", "0.1").err())
        .startsWith("error: --find-lr and --lr exclude each other");
    assertThat(train("d", "--mix", "cutmix", "--class-weights").err())
        .startsWith("error: --mix and --class-weights exclude each other");
    assertThat(train("e", "--mix", "mixed").err())
        .startsWith("error: unknown mix mixed; known are mixup, cutmix");
    assertThat(train("f", "--average", "mean").err())
        .startsWith("error: unknown average mean; known are ema, swa, wise-ft");
    assertThat(train("g", "--schedule", "steps").err())
        .startsWith("error: unknown schedule steps; known are constant, cosine, cosine-restarts");
  }
}
