package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of strangers at the doors for Keras: each opens, or is refused by one line, within bounds
 * of memory. As many as one has time for with {@code -Dgraft.hostile.files=N}, others with {@code
 * -Dgraft.hostile.seed=N}.
 */
class HostileKerasFilesTest {

  private static final long SEED = Long.getLong("graft.hostile.seed", 14);
  private static final long FILES = Long.getLong("graft.hostile.files", 900);

  /** Beside four times the file. */
  private static final long READER_BYTES = 64L << 20;

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  @Test
  void changedFiles_areRead_orRefusedInOneLine() throws IOException {
    ChangedKerasFiles files = new ChangedKerasFiles(folder, SEED);
    long[] opened = new long[3];
    for (long number = 0; number < FILES; number++) {
      Path file = files.file(number);
      opened[(int) (number % 3)] += read("file " + number + " of seed " + SEED, file) ? 1 : 0;
    }
    System.out.printf(
        "HostileKerasFilesTest seed %d: %d files; opened %d archives, %d HDF5, %d TensorFlow.js%n",
        SEED, FILES, opened[0], opened[1], opened[2]);
    // Else the changes are too coarse, or too fine, to get anywhere.
    for (long door : opened) {
      assertThat(door).isBetween(FILES / 3 / 20, FILES / 3 * 19 / 20);
    }
  }

  private static boolean read(String what, Path file) throws IOException {
    long size = Files.size(file);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      ModelReader.read(file);
      return true;
    } catch (ImportException e) {
      assertThat(e.getMessage()).as(what).hasLineCount(1).startsWith(file + ": ");
      assertThat(e.getMessage()).as(what).hasSizeLessThan(4000);
      return false;
    } catch (RuntimeException | Error e) {
      throw new AssertionError("reading " + what + ", " + file.getFileName() + " led to " + e, e);
    } finally {
      long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      assertThat(allocated).as("bytes to read " + what).isLessThan(READER_BYTES + 4 * size);
    }
  }
}
