package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model measured on folders, and on the test of a split at the end of training. */
class EvaluateTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  private static void copy(Path from, Path to, int skip) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.sorted().skip(skip).toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** The samples with their validation pictures as a test. */
  private Path withTest() throws IOException {
    Path data = folder.resolve("data");
    for (String name : List.of("arrow", "heart", "moon", "star")) {
      copy(DATA.resolve("train").resolve(name), data.resolve("train").resolve(name), 0);
      copy(DATA.resolve("val").resolve(name), data.resolve("test").resolve(name), 0);
    }
    return data;
  }

  private JsonNode evaluated(Path model, Path data) throws IOException {
    CommandRun command = graft("evaluate", "--model", model, "--data", data, "--json");
    assertThat(command.code()).as(command.err()).isZero();
    return new ObjectMapper().readTree(command.out());
  }

  @Test
  void theTestIsReadOnce_andAgreesWithEvaluate() throws IOException {
    Path data = withTest();
    Path run = folder.resolve("run");
    CommandRun train =
        graft(
            "train",
            "--model",
            MODEL,
            "--data",
            data,
            "--out",
            run,
            "--recipe",
            "head",
            "--epochs",
            3,
            "--seed",
            1);
    assertThat(train.code()).as(train.err()).isZero();
    assertThat(train.out())
        .contains("pictures to test on, read once, at the end", "100 pictures (test): accuracy");
    JsonNode report = new ObjectMapper().readTree(Files.readString(run.resolve("report.json")));
    // A fifth of the training chose the epoch.
    assertThat(report.get("validationImages").asInt()).isEqualTo(report.get("images").asInt() / 4);
    JsonNode json = evaluated(run.resolve("model.onnx"), data);
    assertThat(json).isEqualTo(report.get("test"));
    assertThat(report.get("testAccuracy")).isEqualTo(json.get("accuracy"));
    assertThat(json.get("part").asText()).isEqualTo("test");
    assertThat(json.get("classes")).hasSize(4);
    int right = 0;
    int all = 0;
    for (int i = 0; i < 4; i++) {
      right += json.get("matrix").get(i).get(i).asInt();
      for (JsonNode count : json.get("matrix").get(i)) {
        all += count.asInt();
      }
    }
    assertThat(all).isEqualTo(json.get("images").asInt());
    assertThat(json.get("accuracy").asDouble()).isCloseTo((double) right / all, within(1e-12));
    assertThat(json.get("ece").asDouble()).isBetween(0.0, 1.0);
    CommandRun text = graft("evaluate", "--model", run.resolve("model.onnx"), "--data", data);
    assertThat(text.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(text.out()).contains("accuracy", "macro F1", "precision", "is, taken for");
  }

  @Test
  void classesThatTheModelDoesNotKnow_areRefusedWithBothLists() {
    CommandRun command = graft("evaluate", "--model", MODEL, "--data", DATA);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err())
        .startsWith("error: the model knows no class arrow, heart, moon, star; it tells apart ");
  }
}
