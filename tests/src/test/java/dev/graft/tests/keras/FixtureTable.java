package dev.graft.tests.keras;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Counts of what became of the files, by the Keras that wrote them and by layer, as Markdown. */
final class FixtureTable {

  /** Of some files. */
  private static final class Counts {
    private int files;
    private int imported;
    private int compared;

    private String row(String name) {
      return "| " + name + " | " + files + " | " + imported + " | " + compared + " |\n";
    }
  }

  private final Counts all = new Counts();
  private final Map<String, Counts> versions = new TreeMap<>();
  private final Map<String, Counts> layers = new TreeMap<>();
  private final Map<String, Integer> refused = new TreeMap<>();

  /** Adds a whole model. */
  void add(String version, String config, boolean imported, boolean compared) {
    List<Counts> rows = new ArrayList<>(List.of(all));
    rows.add(versions.computeIfAbsent(version, k -> new Counts()));
    layers(config).forEach(l -> rows.add(layers.computeIfAbsent(l, k -> new Counts())));
    for (Counts row : rows) {
      row.files++;
      row.imported += imported ? 1 : 0;
      row.compared += compared ? 1 : 0;
    }
  }

  /** Adds why a file was refused, without the names that are its own. */
  void addRefused(String why) {
    String reason =
        why.replaceAll("^[^:]*: ", "")
            .replaceAll("^\\S+ \\((\\w+)\\): ", "$1: ")
            .replaceAll(" \\(layer [^)]*\\)", "")
            .replaceAll(";.*", "");
    refused.merge(reason, 1, Integer::sum);
  }

  int imported() {
    return all.imported;
  }

  int files() {
    return all.files;
  }

  int compared() {
    return all.compared;
  }

  private static Set<String> layers(String config) {
    try {
      Set<String> found = new TreeSet<>();
      collect(new ObjectMapper().readTree(config), found);
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A layer is what has a class and stands in a list of layers, or within another layer. */
  private static void collect(JsonNode layer, Set<String> to) {
    to.add(layer.path("class_name").asText());
    JsonNode config = layer.path("config");
    (config.isArray() ? config : config.path("layers")).forEach(inner -> collect(inner, to));
    if (config.path("layer").has("class_name")) {
      collect(config.path("layer"), to);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    String head = " | files | imported | with recorded outputs reproduced |\n|---|---|---|---|\n";
    text.append("| Keras").append(head);
    versions.forEach((version, counts) -> text.append(counts.row(version)));
    text.append(all.row("all"));
    text.append("\n| layer").append(head);
    layers.forEach((layer, counts) -> text.append(counts.row(layer)));
    text.append("\n| refused since it | files |\n|---|---|\n");
    refused.forEach(
        (why, count) -> text.append("| ").append(why).append(" | ").append(count).append(" |\n"));
    return text.toString();
  }
}
