package dev.graft.importers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands under the name of an output is written, and never replaced by something else. */
class DestinationTest {

  @TempDir private Path folder;

  @BeforeEach
  void onPosix() throws IOException {
    FileStore store = Files.getFileStore(folder);
    assumeTrue(store.supportsFileAttributeView("posix"), "links and modes of POSIX");
  }

  private static void write(Path file) {
    AtomicFile.write(file, out -> out.write('x'));
  }

  private static Set<PosixFilePermission> mode(String letters) {
    return PosixFilePermissions.fromString(letters);
  }

  @Test
  void link_stays_andItsTargetIsWritten() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("model.onnx"), other);
    write(link);
    assertThat(link).isSymbolicLink();
    assertThat(other).hasContent("x");
  }

  @Test
  void linkOverLinks_relativeAndThroughLinkedFolders_leadsToTheLast() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a/b"));
    Path shortcut = Files.createSymbolicLink(folder.resolve("shortcut"), deep);
    Path target = Files.writeString(folder.resolve("a/target"), "old");
    Path second = Files.createSymbolicLink(deep.resolve("second"), Path.of("../target"));
    // Seen through the shortcut, the same name would lead elsewhere if it were read as text.
    Path first = Files.createSymbolicLink(folder.resolve("first"), Path.of("shortcut/second"));
    write(first);
    assertThat(first).isSymbolicLink();
    assertThat(second).isSymbolicLink();
    assertThat(shortcut).isSymbolicLink();
    assertThat(target).hasContent("x");
  }

  @Test
  void danglingLink_isWrittenWhereItLeads() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("new/target"));
    write(link);
    assertThat(link).isSymbolicLink();
    assertThat(folder.resolve("new/target")).hasContent("x");
  }

  @Test
  void linksInACircle_areOneClearLine() throws IOException {
    Path one = folder.resolve("one");
    Path two = Files.createSymbolicLink(folder.resolve("two"), one);
    Files.createSymbolicLink(one, two);
    assertThatThrownBy(() -> write(one))
        .isInstanceOf(ExportException.class)
        .message()
        .startsWith(one + ": cannot be written")
        .doesNotContain("\n");
    assertThat(one).isSymbolicLink();
    assertThat(two).isSymbolicLink();
  }

  @Test
  void movedFile_goesWhereTheLinkLeads_andTakesTheMode() throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "old");
    Files.setPosixFilePermissions(target, mode("rw-rw----"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    Path from = Files.writeString(folder.resolve("from"), "new");
    AtomicFile.move(from, link);
    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
    assertThat(Files.getPosixFilePermissions(target)).isEqualTo(mode("rw-rw----"));
    assertThat(from).doesNotExist();
  }

  @Test
  void mode_isKept_andIsTheProcesssOwnForANewFile() throws IOException {
    for (String letters : List.of("rw-------", "rw-rw-rw-", "rwxr-x---")) {
      Path file = Files.writeString(folder.resolve(letters), "old");
      Files.setPosixFilePermissions(file, mode(letters));
      write(file);
      assertThat(file).hasContent("x");
      assertThat(Files.getPosixFilePermissions(file)).isEqualTo(mode(letters));
    }
    Path usual = Files.createFile(folder.resolve("usual"));
    Path fresh = folder.resolve("fresh");
    write(fresh);
    assertThat(Files.getPosixFilePermissions(fresh))
        .isEqualTo(Files.getPosixFilePermissions(usual));
  }

  @Test
  void fileProtectedAgainstWriting_isNotReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("model.onnx"), "old");
    Files.setPosixFilePermissions(file, mode("r--r--r--"));
    assumeFalse(Files.isWritable(file), "this user may write anywhere");
    assertThatThrownBy(() -> write(file))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("access is denied");
    assertThat(file).hasContent("old");
  }

  @Test
  void device_isWrittenInto() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device), "there are no devices here");
    write(device);
    assertThat(Files.isRegularFile(device)).isFalse();
    assertThat(device).exists();
  }

  @Test
  void fullDevice_isAnError() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no such device here");
    assertThatThrownBy(() -> write(full))
        .isInstanceOf(ExportException.class)
        .hasMessageStartingWith("/dev/full: cannot be written: No space left");
    assertThat(Files.isRegularFile(full)).isFalse();
  }

  @Test
  void pipe_isWrittenInto_alsoBehindALink()
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    Path pipe = folder.resolve("pipe");
    assumeTrue(made(pipe), "needs mkfifo");
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      for (Path name : List.of(pipe, link)) {
        Future<String> read = reader.submit(() -> Files.readString(pipe));
        write(name);
        assertThat(read.get(20, TimeUnit.SECONDS)).isEqualTo("x");
        assertThat(Files.isRegularFile(pipe)).isFalse();
        assertThat(link).isSymbolicLink();
      }
    } finally {
      reader.shutdownNow();
    }
  }

  private static boolean made(Path pipe) throws InterruptedException {
    try {
      return new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void socket_isLeftAlone() throws IOException {
    Path socket = folder.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> write(socket)).isInstanceOf(ExportException.class);
      assertThat(socket).exists();
      assertThat(Files.isRegularFile(socket)).isFalse();
    }
  }

  @Test
  void openFileOfTheProcess_isAddedTo_andNotReplaced() {
    // The kernel shows the standard output as a link, whatever it is.
    Path output = Path.of("/proc/self/fd/1");
    assumeTrue(Files.exists(output), "there is no such place here");
    assertThat(destination(output).inPlace()).isTrue();
    assertThat(destination(Path.of("/dev/stdout")).inPlace()).isTrue();
    assertThat(destination(folder.resolve("new")).inPlace()).isFalse();
  }

  private static Destination destination(Path file) {
    try {
      return Destination.of(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
