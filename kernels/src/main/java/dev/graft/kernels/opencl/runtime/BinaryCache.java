package dev.graft.kernels.opencl.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compiled programs on disk, since a driver may take seconds to compile one. An entry is named by a
 * digest of all that its contents depend on, carries a digest of the contents, and is written
 * beside its place and renamed: processes that share the folder see a whole entry or none.
 *
 * <p>A cache that cannot be read or written costs time, never a run.
 */
public final class BinaryCache {

  /** The folder; {@code off} for none. By default graft/opencl in the user's cache directory. */
  public static final String PROPERTY = "graft.opencl.cache";

  private static final System.Logger LOG = System.getLogger(BinaryCache.class.getName());
  private static final byte[] MAGIC = "graft-cl".getBytes(StandardCharsets.US_ASCII);
  private static final int DIGEST_BYTES = 32;

  private final @Nullable Path folder;

  /**
   * @param folder null for a cache that holds nothing
   */
  BinaryCache(@Nullable Path folder) {
    this.folder = folder;
  }

  /** Where {@value #PROPERTY} says, or the user's cache directory. */
  public static BinaryCache ofUser() {
    String property = System.getProperty(PROPERTY, "");
    if (property.equals("off")) {
      return new BinaryCache(null);
    }
    return new BinaryCache(
        property.isEmpty() ? userCache().resolve("graft").resolve("opencl") : Path.of(property));
  }

  /** Where it is; null for nowhere. */
  public @Nullable Path folder() {
    return folder;
  }

  /** By the XDG base directory specification; on Windows where it keeps such things. */
  private static Path userCache() {
    for (String variable : new String[] {"XDG_CACHE_HOME", "LOCALAPPDATA"}) {
      String value = System.getenv(variable);
      if (value != null && !value.isBlank() && Path.of(value).isAbsolute()) {
        return Path.of(value);
      }
    }
    return Path.of(System.getProperty("user.home"), ".cache");
  }

  /** The name of the entry that depends on these parts. */
  public static String key(String... parts) {
    MessageDigest digest = sha256();
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // The length keeps ("ab", "c") apart from ("a", "bc").
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
      digest.update(bytes);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** The program kept under this key, if there is one and it is whole. */
  Optional<byte[]> read(String key) {
    if (folder == null) {
      return Optional.empty();
    }
    Path file = entry(folder, key);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot read {0}: {1}", file, e);
      return Optional.empty();
    }
    int start = MAGIC.length + DIGEST_BYTES;
    if (bytes.length > start) {
      byte[] contents = Arrays.copyOfRange(bytes, start, bytes.length);
      byte[] digest = Arrays.copyOfRange(bytes, MAGIC.length, start);
      if (Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
          && Arrays.equals(digest, sha256().digest(contents))) {
        return Optional.of(contents);
      }
    }
    damaged(key);
    return Optional.empty();
  }

  /** Removes an entry that is damaged, or that the driver does not take; says so. */
  void damaged(String key) {
    if (folder == null) {
      return;
    }
    Path file = entry(folder, key);
    LOG.log(
        System.Logger.Level.WARNING,
        "compiled OpenCL program {0} is damaged; it is built again",
        file);
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot delete {0}: {1}", file, e);
    }
  }

  void write(String key, byte[] program) {
    if (folder == null) {
      return;
    }
    Path file = entry(folder, key);
    try {
      Files.createDirectories(folder);
      Path beside = Files.createTempFile(folder, "new", ".tmp");
      try {
        ByteBuffer bytes = ByteBuffer.allocate(MAGIC.length + DIGEST_BYTES + program.length);
        bytes.put(MAGIC).put(sha256().digest(program)).put(program);
        Files.write(beside, bytes.array());
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot write {0}: {1}", file, e);
    }
  }

  /**
   * Keeps what the compiler said of a program that does not build.
   *
   * @return where, in this folder or, where it cannot be written, in that of temporary files; empty
   *     if there neither
   */
  Optional<Path> writeLog(String name, String log) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    for (Path parent : folder == null ? new Path[] {temporary} : new Path[] {folder, temporary}) {
      try {
        Files.createDirectories(parent);
        Path file = Files.createTempFile(parent, "build-" + name + "-", ".log");
        return Optional.of(Files.writeString(file, log));
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "cannot write a log in {0}: {1}", parent, e);
      }
    }
    return Optional.empty();
  }

  private static Path entry(Path folder, String key) {
    return folder.resolve(key + ".bin");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
