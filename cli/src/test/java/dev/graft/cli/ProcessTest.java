package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.CheckpointStore;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.safetensors.SafetensorsCheckpointStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What only a process of its own can show: a kill in the middle, a full disk, too little memory.
 */
class ProcessTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  private Process start(List<String> before, String heap, Object... arguments) throws IOException {
    return new GraftProcess(folder).start(before, List.of(heap), arguments);
  }

  private CommandRun finish(Process process) throws IOException, InterruptedException {
    return new GraftProcess(folder).finish(process);
  }

  private static void oneLine(CommandRun command, String... parts) {
    assertThat(command.code()).as(command.err()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err()).startsWith("error: ").contains(parts).doesNotContain("fault of");
  }

  /** Names of what a folder holds, those that begin with a dot too. */
  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aKillInTheMiddle_leavesNoModel_andCheckpointsThatBecomeOne()
      throws IOException, InterruptedException {
    Path run = folder.resolve("run");
    Object[] train = {
      "train",
      "--model",
      MODEL,
      "--data",
      DATA,
      "--out",
      run,
      "--recipe",
      "full",
      "--epochs",
      100_000
    };
    Process process = start(List.of(), "-Xmx512m", train);
    Path metrics = run.resolve("metrics.jsonl");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (process.isAlive()
        && System.nanoTime() < end
        && (!Files.exists(metrics) || Files.size(metrics) == 0)) {
      Thread.sleep(20);
    }
    process.destroyForcibly().waitFor();
    String said = Files.readString(folder.resolve("err"));
    assertThat(Files.readAllLines(metrics)).as(said).isNotEmpty();
    assertThat(run.resolve("model.onnx")).doesNotExist();
    assertThat(run.resolve("report.json")).doesNotExist();
    CheckpointStore store = new SafetensorsCheckpointStore(run.resolve("checkpoints"));
    Model model = ModelReader.read(MODEL);
    for (String name : List.of(CheckpointStore.LAST, CheckpointStore.BEST)) {
      CheckpointStore.Checkpoint checkpoint = store.load(name).orElseThrow();
      assertThat(checkpoint.notes()).containsKeys("epoch", "validation_loss");
      assertThat(checkpoint.weights().get("stem.conv.weight").shape())
          .isEqualTo(model.weights().get("stem.conv.weight").shape());
    }
    Path made = folder.resolve("made.onnx");
    assertThat(graft("convert", run, made).code()).isZero();
    Model best = ModelReader.read(made);
    assertThat(best.metadata().labels()).containsExactly("arrow", "heart", "moon", "star");
    assertThat(best.weights().get("stem.conv.weight").toArray())
        .isEqualTo(
            store
                .load(CheckpointStore.BEST)
                .orElseThrow()
                .weights()
                .get("stem.conv.weight")
                .toArray());
  }

  /** A limit on the size of files is met as a full disk is: a write fails half-way. */
  @Test
  void aFullDisk_leavesNothingUnderTheFinalName() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    Path target = Files.createDirectories(folder.resolve("full"));
    // The model is 80 kB; bash counts in units of 1024 bytes.
    List<String> limited = List.of("/bin/bash", "-c", "ulimit -f 32 && exec \"$@\"", "bash");
    Path copy = target.resolve("copy.onnx");
    oneLine(
        finish(start(limited, "-Xmx256m", "convert", MODEL, copy)),
        "copy.onnx",
        "cannot be written");
    assertThat(names(target)).isEmpty();
    Path run = folder.resolve("run");
    Object[] train = {
      "train",
      "--model",
      MODEL,
      "--data",
      DATA,
      "--out",
      run,
      "--recipe",
      "full",
      "--epochs",
      2,
      "--backend",
      "java"
    };
    oneLine(finish(start(limited, "-Xmx512m", train)), "checkpoints", "cannot be written");
    assertThat(names(run)).containsExactly(".lock");
  }

  @Test
  void standardOutputOnAFullDisk_isAnError() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    assumeTrue(Files.exists(Path.of("/dev/full")), "needs a device that is full");
    List<String> full = List.of("/bin/bash", "-c", "exec \"$@\" >/dev/full", "bash");
    for (Object[] command :
        List.of(new Object[] {"inspect", MODEL}, new Object[] {"--help"}, new Object[] {"run"})) {
      CommandRun run = finish(start(full, "-Xmx256m", command));
      if (command[0].equals("run")) {
        assertThat(run.code()).as("wrong usage says nothing there").isEqualTo(2);
      } else {
        oneLine(run, "standard output: cannot be written: No space left");
      }
    }
  }

  @Test
  void readerThatHasSeenEnough_isToldNothing() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    List<String> closed =
        List.of("/bin/bash", "-c", "\"$@\" > >(exec <&-; sleep 3); exit $?", "bash");
    CommandRun run = finish(start(closed, "-Xmx256m", "inspect", MODEL));
    assertThat(run.code()).isEqualTo(141);
    assertThat(run.err()).isEmpty();
  }

  @Test
  void tooLittleMemory_isOneLineWithARemedy() throws IOException, InterruptedException {
    // Samples meet in it, so that a batch cannot be computed in parts.
    GraphBuilder g = new GraphBuilder(1);
    String x = g.conv("conv", g.input("x", Shape.of(1, 32, 32)), 8, Window.square(3, 1, 1));
    Path model = folder.resolve("meeting.onnx");
    ModelWriter.write(g.build(g.op(new Softmax(0), x)), model);
    Path large = folder.resolve("large.npy");
    // 64 MB, which are read; what the network makes of them is a multiple.
    int rows = 16_000;
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      String header =
          "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", 1, 32, 32), }";
      file.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0});
      file.write(String.format("%-117s\n", header).getBytes(StandardCharsets.US_ASCII));
      // A hole: it takes no room on the disk.
      file.setLength(128 + 4L * rows * 32 * 32);
    }
    Path out = folder.resolve("y.npy");
    oneLine(
        finish(
            start(
                List.of(),
                "-Xmx256m",
                "run",
                model,
                "--input",
                large,
                "--output",
                out,
                "--backend",
                "java")),
        "batch 16000 needs",
        "MiB are free",
        "fits",
        "-Xmx");
    assertThat(out).doesNotExist();
  }
}
