package dev.graft.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.recorded.Outcome;
import dev.graft.importers.onnx.recorded.Outcome.Status;
import dev.graft.importers.onnx.recorded.RecordedModel;
import dev.graft.tests.Material;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The conformance suite of ONNX: no case fails, those that pass are those of the list, and {@code
 * importers/ONNX.md} says what each operator comes to. {@code
 * -Dgraft.test.args=-Dgraft.update=true} writes both anew.
 */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class ConformanceTest {

  private static final Path MODULE = Path.of(System.getProperty("basedir", ""));
  private static final Path LIST = MODULE.resolve("src/test/resources/conformance/passed.txt");
  private static final Path TABLE = MODULE.resolve("../importers/ONNX.md");
  private static final List<String> FAMILIES =
      List.of("node", "simple", "pytorch-converted", "pytorch-operator", "light");

  @TempDir private Path folder;

  @Test
  void casesThatPass_areThoseOfTheList_andNoneFails() throws Exception {
    Path archive = Material.path("onnx_backend_tests_6be0677f.tar.xz");
    int extracted =
        new ProcessBuilder("tar", "xf", archive.toString(), "-C", folder.toString())
            .inheritIO()
            .start()
            .waitFor();
    assumeThat(extracted).as("tar with xz").isZero();
    List<Outcome> outcomes = new ArrayList<>();
    try (JavaBackend backend = new JavaBackend(1)) {
      for (String family : FAMILIES) {
        for (RecordedModel model :
            RecordedModel.find(folder.resolve("onnx/backend/test/data").resolve(family))) {
          outcomes.add(model.verify(backend));
        }
      }
    }
    assertThat(outcomes).filteredOn(outcome -> outcome.status() == Status.FAILED).isEmpty();
    TreeSet<String> passed =
        outcomes.stream()
            .filter(outcome -> outcome.status() == Status.PASSED)
            .map(Outcome::name)
            .collect(Collectors.toCollection(TreeSet::new));
    expect(LIST, String.join("\n", passed) + "\n");
    expect(TABLE, table(passed));
  }

  private static void expect(Path file, String contents) throws IOException {
    if (Boolean.getBoolean("graft.update")) {
      Files.writeString(file, contents);
    }
    assertThat(Files.readString(file))
        .as("%s; write it anew with -Dgraft.test.args=-Dgraft.update=true", file)
        .isEqualTo(contents);
  }

  /** A line an operator: since when, how it is written, and its cases in the suite. */
  private String table(TreeSet<String> passed) throws IOException {
    Map<String, int[]> counts = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve("node_cases.tsv"))) {
      String[] columns = line.split("\t");
      if (columns[0].equals("case") || columns[1].equals("1")) {
        continue;
      }
      int[] count = counts.computeIfAbsent(columns[3].split("\\|")[0], operator -> new int[2]);
      count[0] += passed.contains(columns[0]) ? 1 : 0;
      count[1]++;
    }
    StringBuilder text = new StringBuilder();
    text.append("# Operators of ONNX\n\n");
    text.append("Written by `ConformanceTest`. ")
        .append(passed.size())
        .append(" cases of ONNX's conformance suite pass, none fails; the others are refused by")
        .append(" name.\n\n");
    text.append("An operator that is written has an operation of its own. The others become such");
    text.append(" operations, or are carried\nout at import and need to be known there. The last");
    text.append(" column counts the cases of the suite for the operator\nby itself.\n\n");
    text.append("| operator | since opset | written | cases that pass |\n");
    text.append("| --- | --- | --- | --- |\n");
    for (OnnxOperator operator : OnnxOperators.all()) {
      int[] count = counts.getOrDefault(operator.name(), new int[2]);
      text.append("| ").append(operator.name());
      text.append(" | ").append(operator.since());
      text.append(" | ").append(operator.writing() == null ? "as others" : "yes");
      text.append(" | ").append(count[0]).append(" of ").append(count[1]).append(" |\n");
    }
    TreeSet<String> missing = new TreeSet<>(counts.keySet());
    OnnxOperators.all().forEach(operator -> missing.remove(operator.name()));
    text.append("\nNot read: ").append(String.join(", ", missing)).append(".\n");
    return text.toString();
  }
}
