package dev.graft.kernels.opencl.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.kernels.opencl.LogLines;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiled programs on disk; no OpenCL needed. */
class BinaryCacheTest {

  private static final byte[] PROGRAM = {1, 2, 3, 4, 5};

  @TempDir private Path folder;

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void whatIsWritten_isRead_andNothingElseIsLeft() throws IOException {
    BinaryCache cache = new BinaryCache(folder.resolve("new/folder"));
    assertThat(cache.read("key")).isEmpty();
    cache.write("key", PROGRAM);
    cache.write("key", PROGRAM);
    assertThat(cache.read("key")).contains(PROGRAM);
    assertThat(cache.read("other")).isEmpty();
    assertThat(files(folder.resolve("new/folder"))).hasSize(1);
  }

  @Test
  void everyPart_countsForTheKey() {
    assertThat(BinaryCache.key("ab", "c"))
        .isNotEqualTo(BinaryCache.key("a", "bc"))
        .isEqualTo(BinaryCache.key("ab", "c"))
        .hasSize(64);
  }

  @Test
  void aDamagedEntry_isSaidOnce_andGone() throws IOException {
    byte[][] damages = {{}, "short".getBytes(), null};
    for (byte[] damage : damages) {
      BinaryCache cache = new BinaryCache(folder);
      cache.write("key", PROGRAM);
      Path entry = files(folder).get(0);
      byte[] bytes = Files.readAllBytes(entry);
      bytes[bytes.length - 1] ^= 1;
      Files.write(entry, damage == null ? bytes : damage);
      try (LogLines log = new LogLines(BinaryCache.class)) {
        assertThat(cache.read("key")).isEmpty();
        assertThat(cache.read("key")).isEmpty();
        assertThat(log.warnings()).singleElement().asString().contains("damaged", "built again");
      }
      assertThat(files(folder)).isEmpty();
    }
  }

  @Test
  void aFolderThatCannotBe_costsNothingButTime() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    for (BinaryCache cache :
        List.of(new BinaryCache(file.resolve("below")), new BinaryCache(null))) {
      try (LogLines log = new LogLines(BinaryCache.class)) {
        cache.write("key", PROGRAM);
        assertThat(cache.read("key")).isEmpty();
        cache.damaged("key");
        // In the folder of temporary files instead.
        Files.delete(cache.writeLog("name", "words").orElseThrow());
        assertThat(log.warnings()).hasSizeLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void aLog_isKeptBesideThePrograms() throws IOException {
    Path log = new BinaryCache(folder).writeLog("gemm", "line 3: what?").orElseThrow();
    assertThat(log).hasParent(folder);
    assertThat(log.getFileName().toString()).startsWith("build-gemm-").endsWith(".log");
    assertThat(Files.readString(log)).isEqualTo("line 3: what?");
  }
}
