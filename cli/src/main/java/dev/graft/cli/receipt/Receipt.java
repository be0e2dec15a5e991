package dev.graft.cli.receipt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the bits of a run follow from, and the hash of what came of it. It holds no times, so that a
 * repeated run has the same receipt.
 *
 * <pre>{@code
 * {"receipt": 1, "graft": "0.1.0", "java": "17.0.9", "backend": "simd", "computes": "…256 bits",
 *  "command": "train", "options": {"--seed": ["1"], …},
 *  "files": {"--data": {"path": "/home/me/photos", "sha256": "…", "each": {"ant/1.jpg": "…"}}},
 *  "unchanged": ["conv1.weight", …], "model": "…"}
 * }</pre>
 */
public final class Receipt {

  /** Its file in the folder of a run. */
  public static final String FILE = "receipt.json";

  private static final int VERSION = 1;

  private final ObjectNode json;

  private Receipt(ObjectNode json) {
    this.json = json;
  }

  /**
   * Begins the receipt of a run: reads all that it is going to read.
   *
   * @param command such as {@code train}
   * @param options what they were given, by their names, in their order
   * @param readers names of those whose values may name a file or a folder; what is there is hashed
   * @throws ImportException if a folder cannot be listed
   */
  public static Receipt of(String command, Map<String, List<String>> options, Set<String> readers) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("receipt", VERSION);
    String own = Receipt.class.getPackage().getImplementationVersion();
    json.put("graft", own == null ? "(development)" : own);
    json.put("java", Runtime.version().toString());
    json.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    json.put("command", command);
    ObjectNode given = json.putObject("options");
    ObjectNode files = json.putObject("files");
    options.forEach(
        (name, values) -> {
          ArrayNode words = given.putArray(name);
          values.forEach(words::add);
          for (int i = 0; i < values.size(); i++) {
            Path path = readers.contains(name) ? pathOf(values.get(i)) : null;
            if (path != null) {
              files.set(key(name, i), node(Fingerprint.of(path)));
            }
          }
        });
    return new Receipt(json);
  }

  /** Of a repeatable option each value has its own. */
  private static String key(String option, int i) {
    return i == 0 ? option : option + " " + (i + 1);
  }

  private static @Nullable Path pathOf(String word) {
    try {
      Path path = Path.of(word);
      return !word.isEmpty() && Files.exists(path) ? path : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static ObjectNode node(Fingerprint fingerprint) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("path", fingerprint.path().toString());
    node.put("sha256", fingerprint.sha256());
    if (!fingerprint.each().isEmpty()) {
      node.put("files", fingerprint.each().size());
      ObjectNode each = node.putObject("each");
      fingerprint.each().forEach(each::put);
    }
    return node;
  }

  private static Fingerprint fingerprint(JsonNode node) {
    SortedMap<String, String> each = new TreeMap<>();
    node.path("each").properties().forEach(e -> each.put(e.getKey(), e.getValue().asText()));
    return new Fingerprint(Path.of(node.path("path").asText()), node.path("sha256").asText(), each);
  }

  /**
   * Adds what is known once the run has begun or ended, behind what is there.
   *
   * @param name of the field
   */
  public Receipt with(String name, String value) {
    json.put(name, value);
    return this;
  }

  /** The same for a list. */
  public Receipt with(String name, List<String> values) {
    ArrayNode array = json.putArray(name);
    values.forEach(array::add);
    return this;
  }

  /** Adds the hash of the model that came of it. */
  public Receipt withModel(Path model) {
    return with("model", Fingerprint.of(model).sha256());
  }

  /** What it holds. */
  public ObjectNode json() {
    return json;
  }

  /** As it is written. */
  public byte[] bytes() {
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads one.
   *
   * @throws ImportException if the file is none, or of another version
   */
  public static Receipt read(Path file) {
    try {
      JsonNode node = new ObjectMapper().readTree(Files.readString(file));
      if (!(node instanceof ObjectNode json)
          || json.path("receipt").asInt() != VERSION
          || !json.path("options").isObject()) {
        throw new ImportException(
            file + ": is no receipt of version " + VERSION + "; give the " + FILE + " of a run");
      }
      return new Receipt(json);
    } catch (JsonProcessingException e) {
      throw new ImportException(file + ": is no JSON; give the " + FILE + " of a run", e);
    } catch (IOException e) {
      throw new ImportException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** One that is at hand, as it was written. */
  public static Receipt of(byte[] written) {
    try {
      return new Receipt((ObjectNode) new ObjectMapper().readTree(written));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A field of text; empty where it is not there. */
  public String text(String name) {
    return json.path(name).asText();
  }

  /**
   * The options that repeat the run, with files where they lie now.
   *
   * @param moved where what an option named lies now, where that is elsewhere
   * @throws ImportException if a file is gone or not what it was; the first is named
   */
  public Map<String, List<String>> options(Map<String, Path> moved) {
    Map<String, List<String>> options = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> option : json.path("options").properties()) {
      List<String> values = new ArrayList<>();
      for (JsonNode value : option.getValue()) {
        JsonNode stored = json.path("files").path(key(option.getKey(), values.size()));
        values.add(
            stored.isObject()
                ? unchanged(option.getKey(), fingerprint(stored), moved.get(option.getKey()))
                : value.asText());
      }
      options.put(option.getKey(), values);
    }
    return options;
  }

  private static String unchanged(String option, Fingerprint was, @Nullable Path moved) {
    Path place = moved == null ? was.path() : moved;
    if (!Files.exists(place)) {
      throw new ImportException(
          place + ": is gone, which " + option + " named; say where it lies now");
    }
    String difference = was.firstDifference(Fingerprint.of(place));
    if (!difference.isEmpty()) {
      throw new ImportException(
          difference + "; the run of this receipt read something else as " + option);
    }
    return place.toString();
  }
}
