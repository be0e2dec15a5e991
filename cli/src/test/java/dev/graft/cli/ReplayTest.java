package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The receipt of a run, and the run that it repeats. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class ReplayTest {

  private static final Path SAMPLES = Path.of("tests/samples");

  @TempDir private Path folder;

  private Path model;
  private Path data;

  /** A copy, to be changed. */
  @BeforeEach
  void copySamples() throws IOException {
    model = Files.copy(SAMPLES.resolve("shapes.onnx"), folder.resolve("shapes.onnx"));
    data = folder.resolve("symbols");
    Path from = SAMPLES.resolve("symbols");
    List<Path> files;
    try (Stream<Path> found = Files.walk(from)) {
      files = found.filter(file -> file.toString().matches(".*/0\\d\\.png")).toList();
    }
    for (Path file : files) {
      Path to = data.resolve(from.relativize(file).toString());
      Files.createDirectories(to.getParent());
      Files.copy(file, to);
    }
  }

  private Path train(Object... more) {
    Path run = folder.resolve("run");
    List<Object> words = new ArrayList<>(List.of("train", "--model", model, "--data", data));
    words.addAll(List.of("--out", run, "--backend", "java", "--epochs", 2, "--seed", 5));
    words.addAll(List.of(more));
    CommandRun command = graft(words.toArray());
    assertThat(command.code()).as(command.err()).isZero();
    return run;
  }

  private static JsonNode receipt(Path run) throws IOException {
    return new ObjectMapper().readTree(run.resolve("receipt.json").toFile());
  }

  @Test
  void replay_hasTheSameBits_andTheSameReceipt() throws IOException {
    Path run = train("--recipe", "head", "--lr-factor", "classes=0.5", "--calibrate");
    JsonNode receipt = receipt(run);
    assertThat(receipt.path("seed").asText()).isEqualTo("5");
    assertThat(receipt.path("backend").asText()).isEqualTo("java");
    assertThat(receipt.path("files").path("--data").path("each")).hasSize(80);
    assertThat(receipt.path("unchanged").toString())
        .contains("stem.conv.weight", "top.norm.running_mean")
        .doesNotContain("classes");
    CommandRun command = graft("replay", run.resolve("receipt.json"), "--quiet");
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out()).startsWith("the same bits: ");
    Path again = run.resolve("replay");
    assertThat(again.resolve("model.onnx")).hasSameBinaryContentAs(run.resolve("model.onnx"));
    assertThat(again.resolve("receipt.json")).hasSameTextualContentAs(run.resolve("receipt.json"));
  }

  @Test
  void distillation_isRepeatedToo() {
    Path teacher = train("--recipe", "head").resolve("model.onnx");
    Path student = folder.resolve("student");
    CommandRun distilled =
        graft(
            "distill",
            "--teacher",
            teacher,
            "--student",
            "half",
            "--data",
            data,
            "--out",
            student,
            "--backend",
            "java",
            "--epochs",
            1);
    assertThat(distilled.code()).as(distilled.err()).isZero();
    CommandRun command = graft("replay", student.resolve("receipt.json"), "--quiet");
    assertThat(command.code()).as(command.err()).isZero();
  }

  @Test
  void whatHasChanged_isNamed_andNothingIsTrained() throws IOException {
    Path receipt = train("--recipe", "head").resolve("receipt.json");
    Path star = data.resolve("train/star/03.png");
    Path kept = Files.move(star, folder.resolve("kept.png"));
    refused(receipt, star + ": is gone; the run of this receipt read something else as --data");
    Files.copy(data.resolve("train/star/04.png"), star);
    refused(receipt, star + ": its contents have changed");
    Files.move(kept, star, StandardCopyOption.REPLACE_EXISTING);
    Path added = Files.copy(star, data.resolve("train/moon/new.png"));
    refused(receipt, added + ": was not there");
    Files.delete(added);
    Path elsewhere = Files.move(data, folder.resolve("elsewhere"));
    refused(receipt, data + ": is gone, which --data named; say where it lies now");
    assertThat(receipt.resolveSibling("replay")).doesNotExist();
    CommandRun moved = graft("replay", receipt, "--data", elsewhere, "--quiet");
    assertThat(moved.code()).as(moved.err()).isZero();
  }

  private static void refused(Path receipt, String reason) {
    CommandRun command = graft("replay", receipt);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err()).startsWith("error: ").contains(reason);
  }

  @Test
  void whatIsNoReceipt_isRefused() throws IOException {
    refused(folder.resolve("none.json"), "cannot be read");
    refused(Files.writeString(folder.resolve("a.json"), "{"), "is no JSON");
    refused(Files.writeString(folder.resolve("b.json"), "[1]"), "is no receipt");
    refused(Files.writeString(folder.resolve("c.json"), "{\"receipt\": 2}"), "is no receipt");
    refused(
        Files.writeString(
            folder.resolve("d.json"),
            "{\"receipt\": 1, \"options\": {}, \"interrupted\": \"true\", \"command\": \"train\"}"),
        "interrupted");
  }

  /** A receipt is a file from somebody: it names a run, and nothing else is done for it. */
  @Test
  void receiptOfAnotherCommand_isRefused() throws IOException {
    Path hostile =
        Files.writeString(
            folder.resolve("hostile.json"),
            "{\"receipt\": 1, \"options\": {}, \"backend\": \"java\", \"command\": \"convert\"}");
    refused(hostile, "is of 'convert', which is no run");
  }
}
