package dev.graft.importers.keras.container;

import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ReadAllowance;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/** Opens the files that Keras models come in. */
public final class KerasFiles {

  private KerasFiles() {}

  /** Whether a file may be one of Keras's in HDF5, by its first bytes. */
  public static boolean isHdf5(byte[] head) {
    return startsWith(head, 0x89, 'H', 'D', 'F');
  }

  /** Whether a file is a zip archive, as those of Keras 3 are, by its first bytes. */
  public static boolean isZip(byte[] head) {
    return startsWith(head, 'P', 'K', 3, 4);
  }

  private static boolean startsWith(byte[] head, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= head.length || (head[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Opens an HDF5 file for as long as {@code reading} takes.
   *
   * @throws ImportException if it is damaged or holds no whole model
   */
  public static <T> T readHdf5(Path path, ReadAllowance allowance, Function<KerasFile, T> reading) {
    try (Hdf5 file = Hdf5.open(path, allowance)) {
      return reading.apply(Hdf5Models.read(file));
    }
  }

  /** The same for a file in memory. */
  public static <T> T readHdf5(
      byte[] contents, ReadAllowance allowance, Function<KerasFile, T> reading) {
    try (Hdf5 file = Hdf5.open(contents, allowance)) {
      return reading.apply(Hdf5Models.read(file));
    }
  }

  /**
   * Opens a {@code .keras} archive for as long as {@code reading} takes.
   *
   * @throws ImportException if it is damaged or holds no Keras model
   * @throws IOException if it cannot be read
   */
  public static <T> T readZip(Path path, ReadAllowance allowance, Function<KerasFile, T> reading)
      throws IOException {
    return readZip(ZipFile.builder().setPath(path), allowance, reading);
  }

  /** The same for an archive in memory. */
  public static <T> T readZip(
      byte[] contents, ReadAllowance allowance, Function<KerasFile, T> reading) throws IOException {
    return readZip(
        ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(contents)),
        allowance,
        reading);
  }

  private static <T> T readZip(
      ZipFile.Builder builder, ReadAllowance allowance, Function<KerasFile, T> reading)
      throws IOException {
    ZipFile zip;
    try {
      zip = builder.get();
    } catch (IOException | RuntimeException e) {
      throw damaged(e);
    }
    try (zip) {
      if (!ZippedModels.isKeras(zip)) {
        throw new ImportException(
            "is a zip archive, but not of Keras (no config.json); PyTorch writes such files: export"
                + " the model to ONNX with torch.onnx.export");
      }
      return ZippedModels.read(zip, allowance, reading);
    } catch (ImportException e) {
      throw e;
    } catch (IOException e) {
      throw damaged(e);
    }
  }

  private static ImportException damaged(Exception e) {
    return new ImportException(
        "is a zip archive that is truncated or damaged (" + e.getMessage() + ")", e);
  }
}
