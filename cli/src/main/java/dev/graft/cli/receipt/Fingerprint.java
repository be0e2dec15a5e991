package dev.graft.cli.receipt;

import dev.graft.importers.ImportException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The SHA-256 of a file, or of a folder: that of a line {@code HASH NAME} for each file in it at
 * any depth, sorted by name. Links are followed; files and folders whose names begin with a dot are
 * none of it, as they are no pictures.
 *
 * @param path what was read, absolute
 * @param sha256 in hexadecimal digits
 * @param each the first {@value #SHORT} digits of each file of a folder, by its name within it,
 *     with slashes; empty for a file
 */
record Fingerprint(Path path, String sha256, SortedMap<String, String> each) {

  /** Digits that are enough to see that a file has changed. */
  private static final int SHORT = 16;

  /** Instead of the hash of a file that cannot be read. */
  private static final String UNREADABLE = "unreadable";

  /**
   * Reads a file, or all files of a folder.
   *
   * @throws ImportException if the folder cannot be listed
   */
  static Fingerprint of(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (!Files.isDirectory(absolute)) {
      return new Fingerprint(absolute, sha256(absolute), new TreeMap<>());
    }
    SortedMap<String, String> each = new TreeMap<>();
    MessageDigest all = digest();
    for (String name : names(absolute)) {
      String hash = sha256(absolute.resolve(name));
      each.put(name, hash.substring(0, Math.min(SHORT, hash.length())));
      all.update((hash + " " + name + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return new Fingerprint(absolute, HexFormat.of().formatHex(all.digest()), each);
  }

  private static SortedSet<String> names(Path folder) {
    SortedSet<String> names = new TreeSet<>();
    try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      found.filter(Files::isRegularFile).map(file -> name(folder, file)).forEach(names::add);
    } catch (IOException | UncheckedIOException e) {
      throw new ImportException(folder + ": cannot be read: " + e.getMessage(), e);
    }
    names.removeIf(name -> name.startsWith(".") || name.contains("/."));
    return names;
  }

  private static String name(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  private static String sha256(Path file) {
    MessageDigest digest = digest();
    byte[] part = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int length = in.read(part); length >= 0; length = in.read(part)) {
        digest.update(part, 0, length);
      }
    } catch (IOException e) {
      // A run passes over it, and so would the one that repeats it.
      return UNREADABLE;
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /**
   * The first file, by name, in which {@code now} is not what this is: changed, missing or new.
   *
   * @return a line without the folder, or nothing where all are the same
   */
  String firstDifference(Fingerprint now) {
    if (each.isEmpty() && now.each.isEmpty()) {
      return sha256.equals(now.sha256) ? "" : now.path + ": its contents have changed";
    }
    SortedSet<String> names = new TreeSet<>(each.keySet());
    names.addAll(now.each.keySet());
    for (String name : names) {
      String was = each.get(name);
      String is = now.each.get(name);
      if (was == null) {
        return now.path.resolve(name) + ": was not there";
      }
      if (is == null) {
        return now.path.resolve(name) + ": is gone";
      }
      if (!was.equals(is)) {
        return now.path.resolve(name) + ": its contents have changed";
      }
    }
    return sha256.equals(now.sha256) ? "" : now.path + ": its contents have changed";
  }
}
