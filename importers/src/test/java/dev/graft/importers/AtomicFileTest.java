package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  @TempDir private Path folder;

  @Test
  void contents_replaceTheOld_andFoldersAreMade() {
    Path file = folder.resolve("a/b/c.bin");
    AtomicFile.write(file, out -> out.write(1));
    AtomicFile.write(file, out -> out.write(new byte[] {2, 3}));
    assertThat(file).hasBinaryContent(new byte[] {2, 3});
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void failureInTheMiddle_keepsTheOld_andLeavesNothing() {
    Path file = folder.resolve("c.bin");
    AtomicFile.write(file, out -> out.write(1));
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(ExportException.class)
        .hasMessage(file + ": cannot be written: No space left on device");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(9);
                      throw new IllegalStateException("a fault");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(file).hasBinaryContent(new byte[] {1});
    assertThat(folder).isDirectoryNotContaining("glob:**/.*");
  }

  @Test
  void placesThatCannotBeWritten_areNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    refused(file.resolve("model.onnx"), "file is a file, not a folder");
    refused(folder, "is a folder");
    refused(Path.of("/"), "is a folder");
    refused(Path.of("/proc/nowhere/x"), "cannot be written");
  }

  private static void refused(Path file, String part) {
    assertThatThrownBy(() -> AtomicFile.write(file, out -> out.write(1)))
        .isInstanceOf(ExportException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(part);
  }
}
