package dev.graft.importers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.UUID;

/**
 * Writes a file so that its name holds the old contents or the new ones, and never a part: beside
 * it under another name, forced to the disk, then renamed.
 *
 * <p>A link stays, and what it names is written. A file that was there keeps its mode and its
 * owner. Devices, pipes and sockets are written into, since no file could take their place. The
 * interruption of a thread ends none of it, and is kept for later.
 */
public final class AtomicFile {

  private AtomicFile() {}

  /** Produces the contents. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes {@code file}; its folder is made if need be.
   *
   * @throws ExportException if that fails, for example on a full disk or for a file that is
   *     protected against writing; the file is as it was
   */
  public static void write(Path file, Content content) {
    expectName(file);
    try {
      Destination destination = Destination.of(file);
      if (destination.inPlace()) {
        try (OutputStream out = open(destination.file(), StandardOpenOption.APPEND)) {
          content.writeTo(out);
        }
      } else {
        replace(destination.file(), content);
      }
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /**
   * Gives a file that is complete its place, as if it had been written there; {@code from} is gone
   * then. Both are best in one file system, where this is a renaming.
   *
   * @throws ExportException if that fails; what stood in the place still does
   */
  public static void move(Path from, Path to) {
    expectName(to);
    try {
      Destination destination = Destination.of(to);
      if (destination.inPlace()) {
        write(to, out -> Files.copy(from, out));
        Files.delete(from);
      } else {
        keepAttributes(destination.file(), from);
        rename(from, destination.file());
      }
    } catch (IOException e) {
      throw failed(to, e);
    }
  }

  private static void expectName(Path file) {
    if (file.toAbsolutePath().getParent() == null || Files.isDirectory(file)) {
      throw new ExportException(file + ": is a folder; give the name of a file");
    }
  }

  private static ExportException failed(Path file, IOException e) {
    return new ExportException(file + ": cannot be written: " + PlainText.of(e), e);
  }

  private static OutputStream open(Path file, StandardOpenOption how) throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(file, how, StandardOpenOption.WRITE), 1 << 16);
  }

  private static void replace(Path target, Content content) throws IOException {
    Path folder = target.getParent();
    // A name of its own for each writer: two that write one file do not write into each other.
    Path beside = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createDirectories(folder);
      try (OutputStream out = open(beside, StandardOpenOption.CREATE_NEW)) {
        keepAttributes(target, beside);
        content.writeTo(out);
      }
      force(beside);
      rename(beside, target);
    } finally {
      deleteQuietly(beside);
    }
  }

  /** What replaces a file is as open to others as that was, before it holds a byte. */
  private static void keepAttributes(Path old, Path replacement) throws IOException {
    if (!Files.exists(old)) {
      return;
    }
    if (!Files.isWritable(old)) {
      // The renaming would not ask.
      throw new AccessDeniedException(old.toString());
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(replacement, PosixFileAttributeView.class);
    if (view == null) {
      return;
    }
    PosixFileAttributes was = Files.readAttributes(old, PosixFileAttributes.class);
    PosixFileAttributes is = view.readAttributes();
    try {
      if (!was.group().equals(is.group())) {
        view.setGroup(was.group());
      }
      if (!was.owner().equals(is.owner())) {
        view.setOwner(was.owner());
      }
    } catch (IOException e) {
      // Only the superuser may give files away: then it belongs to whoever wrote it.
    }
    view.setPermissions(was.permissions());
  }

  /** To the disk. Only this needs a channel, which an interruption would close. */
  private static void force(Path file) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      boolean forced = false;
      while (!forced) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
          forced = true;
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // What is left has a name of its own, starting with a dot; the first error matters more.
      return;
    }
  }
}
