package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BackendProvider;
import dev.graft.core.backend.Backends;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device that is lost in the middle of a run: a driver reset, a card unplugged. */
class LostDeviceTest {

  private static final String MESSAGE =
      "clFinish: CL_INVALID_COMMAND_QUEUE (-36); the device was lost: start again";

  @TempDir private Path folder;

  @BeforeEach
  void fresh() {
    Fragile.updates = 0;
    Fragile.closed = false;
  }

  /** Plain Java, until it has updated so many weights; from then on every call fails. */
  public static final class Fragile implements BackendProvider {

    static int lastsFor = Integer.MAX_VALUE;

    static int updates;
    static boolean closed;

    @Override
    public String name() {
      return "fragile";
    }

    @Override
    public int priority() {
      return -1;
    }

    @Override
    public Availability availability() {
      return new Availability(true, "until it is lost");
    }

    @Override
    public Backend open(int threads) {
      Backend backend = Backends.byName("java", threads);
      return (Backend)
          Proxy.newProxyInstance(
              Backend.class.getClassLoader(),
              new Class<?>[] {Backend.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("close")) {
                  closed = true;
                } else if (updates >= lastsFor) {
                  throw new BackendException(MESSAGE);
                } else if (method.getName().equals("sgd")) {
                  updates++;
                }
                try {
                  return method.invoke(backend, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  private CommandRun train(Path run) throws Exception {
    return withFragile(
        () ->
            graft(
                "train",
                "--model",
                "tests/samples/shapes.onnx",
                "--data",
                "tests/samples/symbols",
                "--out",
                run,
                "--recipe",
                "full",
                "--epochs",
                4,
                "--backend",
                "fragile",
                "--seed",
                3));
  }

  private <T> T withFragile(Callable<T> body) throws Exception {
    Path services = Files.createDirectories(folder.resolve("path/META-INF/services"));
    Files.writeString(
        services.resolve(BackendProvider.class.getName()), Fragile.class.getName() + "\n");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL[] path = {folder.resolve("path").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(path, before)) {
      thread.setContextClassLoader(loader);
      return body.call();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void lostInTheThirdEpoch_keepsTheCheckpointOfTheSecond_andSaysWhatHappened() throws Exception {
    Path whole = folder.resolve("whole");
    Fragile.lastsFor = Integer.MAX_VALUE;
    CommandRun complete = train(whole);
    assertThat(complete.code()).as(complete.err()).isZero();
    int perEpoch = Fragile.updates / 4;

    Fragile.updates = 0;
    Fragile.closed = false;
    Fragile.lastsFor = 2 * perEpoch + perEpoch / 2;
    Path run = folder.resolve("run");
    CommandRun command = train(run);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).last().asString().isEqualTo("error: " + MESSAGE);
    assertThat(command.err()).doesNotContain("\tat ");
    assertThat(Fragile.closed).as("closed").isTrue();
    assertThat(run.resolve("model.onnx")).doesNotExist();
    assertThat(measured(run)).isEqualTo(measured(whole).subList(0, 2));
    CheckpointStore.Checkpoint last =
        new SafetensorsCheckpointStore(run.resolve("checkpoints"))
            .load(CheckpointStore.LAST)
            .orElseThrow();
    assertThat(last.notes()).containsEntry("epoch", "2");
    assertNothingTemporary(run);
  }

  @Test
  void lostInTheFirstEpoch_leavesNothingHalfWritten() throws Exception {
    Fragile.lastsFor = 1;
    Path run = folder.resolve("run");
    CommandRun command = train(run);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).last().asString().contains("the device was lost");
    assertThat(run.resolve("model.onnx")).doesNotExist();
    assertNothingTemporary(run);
  }

  /** The lines of the epochs, without how long they took. */
  private static List<String> measured(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> line.substring(0, line.indexOf("\"seconds\"")))
        .toList();
  }

  private static void assertNothingTemporary(Path run) throws IOException {
    try (var files = Files.walk(run)) {
      assertThat(files.map(p -> p.getFileName().toString()))
          .filteredOn(name -> name.startsWith(".") || name.endsWith(".tmp"))
          .containsExactly(".lock");
    }
  }
}
