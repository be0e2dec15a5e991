package dev.graft.tests.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.TrainingException;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.transfer.Tuned;
import dev.graft.importers.ModelReader;
import dev.graft.importers.WeightsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

  /** Surefire starts in the project's root, see this module's pom. */
  private static final Path SOURCES = Path.of("tests/src/test/java/dev/graft/tests/readme");

  @Test
  void examples_areThoseThatCompile() throws IOException {
    List<List<String>> shown = shown(Path.of("README.md"));
    List<List<String>> compiled = new ArrayList<>(compiled("EmbeddingExample.java"));
    compiled.addAll(compiled("TaskExample.java"));
    compiled.addAll(compiled("AdapterExample.java"));
    assertThat(shown).isEqualTo(compiled);
    assertThat(shown).allSatisfy(lines -> assertThat(lines).hasSizeLessThan(20));
  }

  @Test
  void embeddingExample_tunesAndSaves(@TempDir Path folder) throws IOException {
    Tuned tuned = EmbeddingExample.run(folder);
    assertThat(tuned.model().metadata().labels()).containsExactly("arrow", "heart", "moon", "star");
    // Four classes: chance is a quarter.
    assertThat(tuned.best().get("accuracy")).isGreaterThan(0.4);
    assertThat(ModelReader.read(folder.resolve("model.onnx")).metadata())
        .isEqualTo(tuned.model().metadata());
  }

  @Test
  void adapterExample_trainsAndMerges(@TempDir Path folder) {
    Model pretrained = ModelReader.read(Path.of("tests/samples/shapes.onnx"));
    Tuned tuned =
        AdapterExample.run(
            pretrained, DataFolders.open(Path.of("tests/samples/symbols"), 0.2, 1), folder);
    assertThat(tuned.model().weights().names()).isEqualTo(pretrained.weights().names());
    // Four classes: chance is a quarter.
    assertThat(tuned.best().get("accuracy")).isGreaterThan(0.3);
    assertThat(WeightsReader.read(folder.resolve("adapters.safetensors")).names())
        .isNotEmpty()
        .noneMatch(name -> name.startsWith("stem."));
  }

  @Test
  void taskExample_goesOnWhereItEnded(@TempDir Path folder) {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.tanh(g.linear("hidden", g.input("x", Shape.of(3)), 8));
    Model network = g.build(g.linear("head", x, 2));
    Split<Dataset> data = new Split<>(rows(120, 1), rows(40, 2));
    Tuned tuned = TaskExample.run(network, data, folder);
    assertThat(tuned.best().get("r2")).isGreaterThan(0.8);
    Tuned again = TaskExample.run(network, data, folder);
    assertThat(again.best()).isEqualTo(tuned.best());
    assertThatThrownBy(
            () -> TaskExample.run(network, new Split<>(rows(120, 3), rows(9, 2)), folder))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("validation data 40 items");
  }

  /** Two sizes of what three numbers tell. */
  private static Dataset rows(int count, long seed) {
    Random random = new Random(seed);
    List<List<float[]>> items = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] x = {random.nextFloat(), random.nextFloat(), random.nextFloat()};
      items.add(List.of(x, new float[] {x[0] + x[1] - 1, x[1] - x[2]}));
    }
    Dataset.Field seen = new Dataset.Field("x", Shape.of(3));
    Dataset.Field wanted = new Dataset.Field(Loss.TARGET, Shape.of(2));
    return new TensorDataset(List.of(seen, wanted), items, i -> "row " + i);
  }

  /** The code of a page, block by block. */
  static List<List<String>> shown(Path page) throws IOException {
    return between(page, "```java", "```");
  }

  /** The blocks of a class here that a page shows, as far left as they go there. */
  static List<List<String>> compiled(String example) throws IOException {
    return between(SOURCES.resolve(example), "README begins", "README ends").stream()
        .map(
            lines -> lines.stream().map(line -> line.isEmpty() ? line : line.substring(4)).toList())
        .toList();
  }

  /** What stands between two marks, as often as they come. */
  private static List<List<String>> between(Path file, String begin, String end)
      throws IOException {
    List<List<String>> found = new ArrayList<>();
    List<String> current = null;
    for (String line : Files.readAllLines(file)) {
      if (current == null && line.contains(begin)) {
        current = new ArrayList<>();
      } else if (current != null && line.contains(end)) {
        found.add(current);
        current = null;
      } else if (current != null) {
        current.add(line);
      }
    }
    return found;
  }
}
