package dev.graft.tests.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.transfer.Tuned;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

  /** Surefire starts in the project's root, see this module's pom. */
  private static final Path SOURCE =
      Path.of("tests/src/test/java/dev/graft/tests/readme/EmbeddingExample.java");

  @Test
  void embeddingExample_isTheOneThatCompiles() throws IOException {
    List<String> shown = between(Path.of("README.md"), "```java", "```");
    List<String> compiled =
        between(SOURCE, "README begins", "README ends").stream()
            .map(line -> line.isEmpty() ? line : line.substring(4))
            .toList();
    assertThat(shown).isEqualTo(compiled).hasSizeLessThan(20);
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

  private static List<String> between(Path file, String begin, String end) throws IOException {
    List<String> lines = Files.readAllLines(file);
    int from = 0;
    while (!lines.get(from).contains(begin)) {
      from++;
    }
    int to = from + 1;
    while (!lines.get(to).contains(end)) {
      to++;
    }
    return lines.subList(from + 1, to);
  }
}
