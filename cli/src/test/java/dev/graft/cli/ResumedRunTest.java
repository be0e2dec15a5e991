package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A run that was killed goes on to the bits that an unbroken one ends in. */
@Timeout(180)
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class ResumedRunTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  private Object[] train(String out, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("train", "--model", MODEL, "--data", DATA, "--recipe", "full", "--backend"));
    words.addAll(List.of("java", "--seed", 5, "--out", folder.resolve(out)));
    words.addAll(Arrays.asList(more));
    return words.toArray();
  }

  private byte[] model(String run) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve("model.onnx"));
  }

  /** Kills a run behind its first epoch. */
  private void kill(Object... command) throws IOException, InterruptedException {
    Process process = new GraftProcess(folder).start(List.of(), List.of("-Xmx512m"), command);
    try {
      Path metrics = folder.resolve("broken/metrics.jsonl");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
      while (!Files.exists(metrics) || Files.readAllLines(metrics).isEmpty()) {
        assertThat(process.isAlive()).as(Files.readString(folder.resolve("err"))).isTrue();
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(5);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aKilledRun_goesOnToTheSameBits_withALineForEveryEpoch() throws Exception {
    kill(train("broken", "--epochs", 150));
    assertThat(folder.resolve("broken/model.onnx")).doesNotExist();
    CommandRun rest = graft(train("broken", "--epochs", 150, "--resume"));
    assertThat(rest.code()).as(rest.err()).isZero();
    assertThat(rest.out()).contains("resume: behind epoch ");
    assertThat(graft(train("whole", "--epochs", 150)).code()).isZero();
    assertThat(model("broken")).isEqualTo(model("whole"));
    assertThat(Files.readAllLines(folder.resolve("broken/metrics.jsonl"))).hasSize(150);
  }

  @Test
  void whereNothingWasStopped_thereIsNothingToGoOnWith() {
    CommandRun none = graft(train("none", "--epochs", 2, "--resume"));
    assertThat(none.code()).isEqualTo(1);
    assertThat(none.err()).startsWith("error: --resume: ").contains("holds no run");
    assertThat(graft(train("done", "--epochs", 1)).code()).isZero();
    CommandRun done = graft(train("done", "--epochs", 1, "--resume"));
    assertThat(done.code()).isEqualTo(1);
    assertThat(folder.resolve("done/model.onnx")).exists();
  }
}
