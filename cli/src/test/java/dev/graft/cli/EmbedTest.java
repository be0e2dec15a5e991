package dev.graft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.numpy.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code graft embed} with a network that is nothing but an embedding of seven words. */
class EmbedTest {

  private static final int FEATURES = 4;

  @TempDir Path folder;

  @BeforeEach
  void writeModel() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    Shape length = Shape.ofSizes(Size.open("length", ""));
    String ids = g.input(InputSpec.batched("input_ids", ElementType.INT64, length));
    ModelWriter.write(
        g.build(g.embedding("words", ids, 7, FEATURES)), folder.resolve("model.onnx"));
    Files.writeString(
        folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nmy\ncard\n");
    Files.writeString(folder.resolve("texts"), "my card\n\ncard card card\n");
  }

  private CommandRun embed(String output) {
    return CommandRun.graft(
        "embed",
        "--model",
        folder.toString(),
        "--input",
        folder.resolve("texts").toString(),
        "--output",
        folder.resolve(output).toString());
  }

  @Test
  void aLineOfTheInput_isARow_andALineOfJson() throws IOException {
    CommandRun run = embed("y.npy");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).contains("note: no modules.json");
    assertThat(run.out()).contains("[3,4] -> ");
    float[] rows = Npy.read(folder.resolve("y.npy")).toArray();
    assertThat(rows).hasSize(3 * FEATURES);
    assertThat(embed("y.jsonl").code()).isZero();
    List<String> lines = Files.readAllLines(folder.resolve("y.jsonl"));
    assertThat(lines).hasSize(3);
    JsonNode last = new ObjectMapper().readTree(lines.get(2));
    assertThat(last.get("text").asText()).isEqualTo("card card card");
    for (int i = 0; i < FEATURES; i++) {
      assertThat(last.get("vector").get(i).floatValue()).isEqualTo(rows[2 * FEATURES + i]);
    }
  }

  @Test
  void whatIsNoText_isOneLine_andWritesNothing() throws IOException {
    Files.write(folder.resolve("texts"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
    CommandRun run = embed("y.npy");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err().lines().filter(line -> line.startsWith("error:"))).hasSize(1);
    assertThat(run.err()).contains("UTF-8");
    assertThat(folder.resolve("y.npy")).doesNotExist();
  }
}
