package dev.graft.tests.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.session.text.EncoderSettings;
import dev.graft.core.session.text.TextEncoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A process that embeds texts maps no library but those of the JDK. */
class NoNativeLibraryTest {

  private static final Path MAPS = Path.of("/proc/self/maps");

  /** In a process of its own, since other tests load other engines into theirs. */
  static final class Embedding {

    private Embedding() {}

    public static void main(String[] arguments) throws IOException {
      Set<String> before = libraries();
      try (TextEncoder encoder =
          TextEncoder.of(SmallEncoder.model(), SmallEncoder.tokenizer(), EncoderSettings.DEFAULT)) {
        System.out.println("features " + encoder.embed("where is my card").length);
        Set<String> added = new TreeSet<>(libraries());
        added.removeAll(before);
        added.forEach(library -> System.out.println("mapped " + library));
      }
    }

    /** Shared libraries that the process has mapped. */
    private static Set<String> libraries() throws IOException {
      try (Stream<String> lines = Files.lines(MAPS)) {
        return lines
            .filter(line -> line.contains(".so"))
            .map(line -> line.substring(line.indexOf('/')))
            .collect(Collectors.toCollection(TreeSet::new));
      }
    }
  }

  @Test
  void embedding_mapsNothingButTheJdk() throws IOException, InterruptedException {
    assumeTrue(Files.isReadable(MAPS), "the system does not tell what is mapped");
    // Without links, as maps has it.
    String home = Path.of(System.getProperty("java.home")).toRealPath().toString();
    Process process =
        new ProcessBuilder(
                Path.of(home, "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                Embedding.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("features " + SmallEncoder.FEATURES);
    List<String> foreign =
        said.lines()
            .filter(line -> line.startsWith("mapped "))
            .map(line -> line.substring("mapped ".length()))
            .filter(library -> !library.startsWith(home))
            .toList();
    assertThat(foreign).isEmpty();
  }
}
