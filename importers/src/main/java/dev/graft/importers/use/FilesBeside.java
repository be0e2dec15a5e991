package dev.graft.importers.use;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.Preprocessing;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The files that tools leave beside a model, in its folder. */
final class FilesBeside {

  /** Larger files are no such files. */
  private static final long MOST = 4 << 20;

  private static final String CONFIG = "config.json";
  private static final String PROCESSOR = "preprocessor_config.json";
  private static final String METADATA = "metadata.json";
  private static final String LABELS = "labels.txt";

  private final Path model;

  FilesBeside(Path model) {
    this.model = model;
  }

  /** What a file says, and which. */
  record Found<T>(T said, Path file) {}

  /**
   * How pictures become the input; null if nothing says it.
   *
   * @throws ImportException if a file that should say it is damaged
   */
  @Nullable Found<Preprocessing> preprocessing() {
    Found<Preprocessing> found = in(PROCESSOR, HuggingFaceConfig::preprocessing);
    found = found != null ? found : in(CONFIG, json -> TimmConfig.read(json).preprocessing());
    found = found != null ? found : in(METADATA, json -> teachable(json).preprocessing());
    if (found == null && !TeachableMachine.numbered(lines()).isEmpty()) {
      return new Found<>(TeachableMachine.square(224), beside(LABELS));
    }
    return found;
  }

  /** The names of the classes; null if nothing says them. */
  @Nullable Found<List<String>> labels() {
    Found<List<String>> found =
        in(CONFIG, json -> named(HuggingFaceConfig.labels(json), TimmConfig.read(json).labels()));
    found = found != null ? found : in(METADATA, json -> some(teachable(json).labels()));
    List<String> numbered = found == null ? TeachableMachine.numbered(lines()) : List.of();
    return numbered.isEmpty() ? found : new Found<>(numbered, beside(LABELS));
  }

  private static SaidUse teachable(JsonNode json) {
    return TeachableMachine.recognises(json) ? TeachableMachine.read(json) : SaidUse.NOTHING;
  }

  private static @Nullable List<String> named(List<String> one, List<String> other) {
    return some(one.isEmpty() ? other : one);
  }

  private static @Nullable List<String> some(List<String> labels) {
    return labels.isEmpty() ? null : labels;
  }

  private Path beside(String name) {
    return model.resolveSibling(name);
  }

  private <T> @Nullable Found<T> in(String name, Function<JsonNode, @Nullable T> reading) {
    Path file = beside(name);
    String text = text(file);
    if (text == null) {
      return null;
    }
    try {
      T said = reading.apply(Json.MAPPER.readTree(text));
      return said == null ? null : new Found<>(said, file);
    } catch (IOException | ImportException | IllegalArgumentException e) {
      throw new ImportException(file + ": cannot be made sense of: " + e.getMessage(), e);
    }
  }

  private List<String> lines() {
    String text = text(beside(LABELS));
    return text == null ? List.of() : text.lines().filter(line -> !line.isBlank()).toList();
  }

  private static @Nullable String text(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= MOST
          ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
          : null;
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }

  /** Made when first needed: most models have nothing beside them. */
  private static final class Json {
    static final ObjectMapper MAPPER = new ObjectMapper();
  }
}
