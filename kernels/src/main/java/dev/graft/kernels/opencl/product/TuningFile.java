package dev.graft.kernels.opencl.product;

import dev.graft.core.backend.BackendException;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.runtime.BinaryCache;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The tiles that were measured to be best for a device, one small text file a device and driver:
 *
 * <pre>
 * graft tiles 1
 * large gpu 128 128 8 8 8 2
 * small gpu 64 64 16 4 4 2
 * </pre>
 *
 * <p>Read when a backend is opened, and by nobody else: as long as it stays, results repeat to the
 * bit. What cannot be read is said once and left aside, and the shipped tiles are used.
 */
public final class TuningFile {

  private static final System.Logger LOG = System.getLogger(TuningFile.class.getName());
  private static final String TITLE = "graft tiles 1";

  private final @Nullable Path file;

  /**
   * @param folder where such files are kept; null for nowhere
   * @param precision tensor cores' tiles have a file of their own; halves are multiplied as float32
   */
  public TuningFile(@Nullable Path folder, OpenClDevice device, Precision precision) {
    String key = BinaryCache.key(device.platform(), device.name(), device.driver());
    String kind = precision.onTensorCores() ? "-" + precision.word() : "";
    file = folder == null ? null : folder.resolve("tiles-" + key.substring(0, 16) + kind + ".txt");
  }

  /** What was measured for this device, if it was. */
  public Optional<TileChoice> read() {
    if (file == null) {
      return Optional.empty();
    }
    try {
      List<String> lines = Files.readAllLines(file);
      if (lines.size() != 3 || !lines.get(0).equals(TITLE)) {
        throw new IllegalArgumentException("it should begin with " + TITLE);
      }
      Map<String, Tile> tiles = new HashMap<>();
      for (String line : lines.subList(1, 3)) {
        int space = line.indexOf(' ');
        tiles.put(line.substring(0, Math.max(0, space)), Tile.parse(line.substring(space + 1)));
      }
      Tile large = tiles.get("large");
      Tile small = tiles.get("small");
      if (large == null || small == null) {
        throw new IllegalArgumentException("it should name a large and a small tile");
      }
      return Optional.of(new TileChoice(large, small));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      damaged(file, e);
      return Optional.empty();
    }
  }

  /** Where tiles are kept for this device, if they are and can be read. */
  public Optional<Path> kept() {
    return read().map(tiles -> file);
  }

  /**
   * Makes sure that {@link #write} has a place to write to.
   *
   * @throws IOException if it has not
   */
  public void prepare() throws IOException {
    Path folder = Files.createDirectories(place().toAbsolutePath().getParent());
    if (!Files.isWritable(folder)) {
      throw new AccessDeniedException(folder.toString());
    }
  }

  private Path place() {
    if (file == null) {
      throw new BackendException(
          "there is nowhere to keep tiles: " + BinaryCache.PROPERTY + " is off");
    }
    return file;
  }

  /** It is removed, so that the next process has nothing to say any more. */
  private static void damaged(Path file, Exception cause) {
    LOG.log(
        System.Logger.Level.WARNING,
        "tuning {0} is damaged ({1}); the shipped tiles are used: tune again",
        file,
        cause.getMessage());
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "cannot delete {0}: {1}", file, e);
    }
  }

  /**
   * Keeps the tiles, for backends that are opened from now on.
   *
   * @return where
   * @throws BackendException if nothing is kept here
   * @throws IOException if it cannot be written
   */
  public Path write(TileChoice tiles) throws IOException {
    Path place = place();
    Path folder = Files.createDirectories(place.toAbsolutePath().getParent());
    Path beside = Files.createTempFile(folder, "new", ".tmp");
    try {
      List<String> lines = List.of(TITLE, "large " + tiles.large(), "small " + tiles.small());
      Files.write(beside, lines);
      Files.move(beside, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
    return place;
  }
}
