package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.graph.Model;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C and its kind end a run with the best model so far, and lose nothing that was there. */
@Timeout(180)
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class StoppedRunTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  private Path run;
  private Process process;

  @BeforeEach
  void onPosix() {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "signals of POSIX");
    run = folder.resolve("run");
  }

  @AfterEach
  void end() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  private static Object[] train(Path out, Object... more) {
    List<Object> words =
        new ArrayList<>(List.of("train", "--model", MODEL, "--data", DATA, "--out", out));
    words.addAll(Arrays.asList(more));
    return words.toArray();
  }

  private void start(Object... command) throws IOException {
    process = new GraftProcess(folder).start(List.of(), List.of("-Xmx512m"), command);
  }

  /** Starts a run that does not end by itself, and waits until it has learnt something. */
  private void startEndless(Path metrics) throws IOException, InterruptedException {
    start(train(run, "--recipe", "full", "--epochs", 100_000, "--backend", "java"));
    await(metrics, 1);
  }

  private void await(Path metrics, int lines) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (!Files.exists(metrics) || Files.readAllLines(metrics).size() < lines) {
      assertThat(process.isAlive()).as(Files.readString(folder.resolve("err"))).isTrue();
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(20);
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor();
  }

  private CommandRun finish() throws IOException, InterruptedException {
    return new GraftProcess(folder).finish(process);
  }

  private void expectStoppedRun(String name, int code) throws IOException, InterruptedException {
    startEndless(run.resolve("metrics.jsonl"));
    signal(name);
    CommandRun command = finish();
    assertThat(command.code()).as(command.err()).isEqualTo(code);
    assertThat(command.err()).isEmpty();
    assertThat(command.out())
        .contains("stopping after this step")
        .contains("interrupted; the best so far: epoch")
        .contains("written to " + run.resolve("model.onnx"));
    Model model = ModelReader.read(run.resolve("model.onnx"));
    assertThat(model.metadata().labels()).containsExactly("arrow", "heart", "moon", "star");
    var report = new ObjectMapper().readTree(run.resolve("report.json").toFile());
    assertThat(report.get("interrupted").asBoolean()).isTrue();
    try (var files = Files.list(run)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder(
              ".lock",
              "model.onnx",
              "labels.txt",
              "metrics.jsonl",
              "report.json",
              "report.html",
              "receipt.json",
              "checkpoints");
    }
  }

  @Test
  void terminated_exportsTheBestSoFar() throws IOException, InterruptedException {
    expectStoppedRun("TERM", 143);
  }

  @Test
  void interrupted_exportsTheBestSoFar() throws IOException, InterruptedException {
    assumeFalse(
        ignoresInterrupts(), "whoever runs the tests ignores SIGINT, and so does its child");
    expectStoppedRun("INT", 130);
  }

  /** As shells do for what they start in the background. */
  private static boolean ignoresInterrupts() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  @Test
  void interruptedRerun_leavesItsBestBesideTheEarlierResult()
      throws IOException, InterruptedException {
    assertThat(graft(train(run, "--recipe", "head", "--epochs", 1)).code()).isZero();
    byte[] model = Files.readAllBytes(run.resolve("model.onnx"));
    String report = Files.readString(run.resolve("report.json"));
    startEndless(run.resolve(".next/metrics.jsonl"));
    signal("TERM");
    CommandRun command = finish();
    assertThat(command.code()).as(command.err()).isEqualTo(143);
    assertThat(command.out()).contains("written to " + run.resolve("interrupted.onnx"));
    assertThat(run.resolve("model.onnx")).hasBinaryContent(model);
    assertThat(run.resolve("report.json")).hasContent(report);
    assertThat(run.resolve(".next")).doesNotExist();
    assertThat(ModelReader.read(run.resolve("interrupted.onnx")).metadata().labels()).hasSize(4);
  }

  @Test
  void stoppedBeforeTheFirstEpochIsOver_saysSo_andLeavesTheEarlierResult()
      throws IOException, InterruptedException {
    assertThat(graft(train(run, "--recipe", "head", "--epochs", 1)).code()).isZero();
    byte[] model = Files.readAllBytes(run.resolve("model.onnx"));
    start(train(run, "--recipe", "full", "--batch", 1, "--backend", "reference"));
    await(run.resolve(".next/metrics.jsonl"), 0);
    signal("TERM");
    CommandRun command = finish();
    assertThat(command.code()).as(command.err()).isEqualTo(143);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err()).startsWith("error: cancelled before the end of the first epoch");
    assertThat(run.resolve("model.onnx")).hasBinaryContent(model);
    assertThat(run.resolve(".next")).doesNotExist();
  }

  /** A step takes long enough for the second to come within it. */
  @Test
  void secondSignal_endsAtOnce_andLosesNothing() throws IOException, InterruptedException {
    assertThat(graft(train(run, "--recipe", "head", "--epochs", 1)).code()).isZero();
    byte[] model = Files.readAllBytes(run.resolve("model.onnx"));
    start(train(run, "--recipe", "full", "--batch", 80, "--backend", "reference", "--threads", 1));
    await(run.resolve(".next/metrics.jsonl"), 0);
    signal("TERM");
    Path out = folder.resolve("out");
    while (process.isAlive() && !Files.readString(out).contains("once more stops at once")) {
      Thread.sleep(5);
    }
    signal("TERM");
    CommandRun command = finish();
    assertThat(command.code()).isEqualTo(143);
    assertThat(command.err()).as("it has no time to say anything").isEmpty();
    assertThat(run.resolve("model.onnx")).hasBinaryContent(model);
    assertThat(graft(train(run, "--recipe", "head", "--epochs", 1)).code()).isZero();
  }

  @Test
  void secondRunInTheFolder_isRefused_untilTheFirstIsKilled()
      throws IOException, InterruptedException {
    startEndless(run.resolve("metrics.jsonl"));
    CommandRun second = graft(train(run, "--recipe", "head", "--epochs", 1));
    assertThat(second.code()).isEqualTo(1);
    assertThat(second.errors()).hasSize(1);
    assertThat(second.err()).startsWith("error: ").contains("another run", "name another --out");
    assertThat(process.isAlive()).isTrue();
    Path during = folder.resolve("during.onnx");
    assertThat(graft("convert", run, during).code()).as("of a run that still works").isZero();
    process.destroyForcibly().waitFor();
    assertThat(graft(train(run, "--recipe", "head", "--epochs", 1)).code()).isZero();
    assertThat(run.resolve("model.onnx")).exists();
  }
}
