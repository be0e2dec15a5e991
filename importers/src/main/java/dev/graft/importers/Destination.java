package dev.graft.importers;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the name of an output leads. Links are followed, so that a link stays one and what it names
 * is written, whether that exists or not.
 *
 * @param file the last of the names, absolute
 * @param inPlace whether bytes go into what is there: a device, a pipe, a socket or an open file of
 *     the process, of which no other file could take the place
 */
record Destination(Path file, boolean inPlace) {

  /** As many as Linux follows. */
  private static final int MOST_LINKS = 40;

  /** The links in here are made up by the kernel: what they seem to name may not be there. */
  private static final Path KERNEL = Path.of("/proc");

  static Destination of(Path named) throws IOException {
    Path file = named.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MOST_LINKS) {
        throw new FileSystemLoopException(named.toString());
      }
      Path folder = file.getParent().toRealPath();
      if (folder.startsWith(KERNEL)) {
        return new Destination(file, true);
      }
      file = folder.resolve(Files.readSymbolicLink(file));
    }
    return new Destination(file, Files.exists(file) && !Files.isRegularFile(file));
  }
}
