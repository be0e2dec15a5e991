package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name holds the old contents or the new, whatever goes wrong, and nothing else is left. */
class AtomicFileTest {

  @TempDir private Path folder;

  private void expectOnly(Path... files) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      assertThat(found).containsExactlyInAnyOrder(files);
    }
  }

  @Test
  void fullDisk_leavesTheOldFileAndNoOther() throws IOException {
    Path file = Files.writeString(folder.resolve("model.onnx"), "old");
    AtomicFile.Content full =
        out -> {
          out.write(new byte[200_000]);
          throw new IOException("No space left on device");
        };
    assertThatThrownBy(() -> AtomicFile.write(file, full))
        .isInstanceOf(ExportException.class)
        .message()
        .startsWith(file.toString())
        .contains("No space left on device")
        .doesNotContain("\n");
    assertThat(file).hasContent("old");
    expectOnly(file);
  }

  @Test
  void fullDisk_leavesNothingWhereThereWasNothing() throws IOException {
    AtomicFile.Content full =
        out -> {
          throw new IOException("No space left on device");
        };
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("new"), full))
        .isInstanceOf(ExportException.class);
    expectOnly();
  }

  @Test
  void mistakeInTheContents_passesOn_andLeavesTheOldFile() throws IOException {
    Path file = Files.writeString(folder.resolve("model.onnx"), "old");
    AtomicFile.Content broken =
        out -> {
          out.write(1);
          throw new IllegalStateException("a mistake");
        };
    assertThatThrownBy(() -> AtomicFile.write(file, broken))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasContent("old");
    expectOnly(file);
  }

  @Test
  void folderUnderTheName_isRefused() throws IOException {
    Path taken = Files.createDirectory(folder.resolve("taken"));
    for (Path path : List.of(taken, Path.of("/"))) {
      assertThatThrownBy(() -> AtomicFile.write(path, out -> out.write(1)))
          .isInstanceOf(ExportException.class)
          .message()
          .startsWith(path.toString())
          .contains("is a folder");
    }
    expectOnly(taken);
  }

  @Test
  void foldersOnTheWay_areMade_unlessAFileIsThere() throws IOException {
    Path deep = folder.resolve("a/b/model.onnx");
    AtomicFile.write(deep, out -> out.write('x'));
    assertThat(deep).hasContent("x");
    Path file = Files.writeString(folder.resolve("file"), "old");
    assertThatThrownBy(() -> AtomicFile.write(file.resolve("model.onnx"), out -> out.write(1)))
        .isInstanceOf(ExportException.class)
        .message()
        .startsWith(file.resolve("model.onnx").toString());
    assertThat(file).hasContent("old");
  }

  @Test
  void unwritableFolder_isOneClearLine() throws IOException {
    Path locked = Files.createDirectory(folder.resolve("locked"));
    Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assumeFalse(Files.isWritable(locked), "this user may write anywhere");
      Path file = locked.resolve("model.onnx");
      assertThatThrownBy(() -> AtomicFile.write(file, out -> out.write(1)))
          .isInstanceOf(ExportException.class)
          .message()
          .startsWith(file + ": cannot be written")
          .contains("denied")
          .doesNotContain("\n");
    } finally {
      Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void readOnlyPlace_isOneClearLine() {
    // The kernel's own folder: not even the superuser may make a file there.
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "there is no such place here");
    Path file = Path.of("/proc/graft/model.onnx");
    assertThatThrownBy(() -> AtomicFile.write(file, out -> out.write(1)))
        .isInstanceOf(ExportException.class)
        .message()
        .startsWith(file + ": cannot be written")
        .doesNotContain("\n");
  }

  @Test
  void twoWritersAtOnce_leaveOneOfTheTwoContents() throws Exception {
    Path file = folder.resolve("model.onnx");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> writers = new ArrayList<>();
      CountDownLatch begun = new CountDownLatch(4);
      for (int i = 0; i < 4; i++) {
        byte[] part = new byte[50_000];
        Arrays.fill(part, (byte) ('a' + i));
        writers.add(
            threads.submit(
                () ->
                    AtomicFile.write(
                        file,
                        out -> {
                          out.write(part);
                          begun.countDown();
                          awaitAll(begun);
                          out.write(part);
                        })));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      threads.shutdown();
    }
    byte[] contents = Files.readAllBytes(file);
    assertThat(contents).hasSize(100_000).containsOnly(contents[0]);
    expectOnly(file);
  }

  private static void awaitAll(CountDownLatch begun) throws IOException {
    try {
      begun.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void interruptedThread_writesAllTheSame_andStaysInterrupted() throws IOException {
    Path file = folder.resolve("model.onnx");
    Thread.currentThread().interrupt();
    AtomicFile.write(file, out -> out.write('x'));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).hasContent("x");
    AtomicFile.write(
        file,
        out -> {
          Thread.currentThread().interrupt();
          out.write('y');
        });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(file).hasContent("y");
    expectOnly(file);
  }

  @Test
  void moving_replacesAsWritingDoes() throws IOException {
    Path from = Files.writeString(folder.resolve("new"), "new");
    Path to = Files.writeString(folder.resolve("model.onnx"), "old");
    AtomicFile.move(from, to);
    assertThat(to).hasContent("new");
    expectOnly(to);
    assertThatThrownBy(() -> AtomicFile.move(from, to))
        .isInstanceOf(ExportException.class)
        .message()
        .startsWith(to + ": cannot be written")
        .contains("no such file");
    assertThat(to).hasContent("new");
  }
}
