package dev.graft.importers.keras.container;

import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ModelFolder;
import dev.graft.importers.graph.ReadAllowance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

  /** Whether a file may hold a whole model, by its first bytes. */
  public static boolean recognises(byte[] head) {
    return isHdf5(head) || isZip(head) || isJson(head);
  }

  /** Whether a file is a zip archive, as those of Keras 3 are. */
  public static boolean isZip(byte[] head) {
    return startsWith(head, 'P', 'K', 3, 4);
  }

  /** Whether a file is a text that may be a JSON object, as models of TensorFlow.js are. */
  private static boolean isJson(byte[] head) {
    String text = new String(head, StandardCharsets.US_ASCII).stripLeading();
    return text.startsWith("{") && (head[0] == '{' || head[0] <= ' ');
  }

  /**
   * Opens a file of any of these kinds for as long as {@code reading} takes.
   *
   * @param head its first bytes
   * @throws ImportException if it is damaged or holds no whole model
   * @throws IOException if it cannot be read
   */
  public static <T> T read(
      Path path, byte[] head, ReadAllowance allowance, Function<KerasFile, T> reading)
      throws IOException {
    if (isZip(head)) {
      return readZip(ZipFile.builder().setPath(path), allowance, reading);
    }
    return isHdf5(head)
        ? readHdf5(path, allowance, reading)
        : readJson(Files.readAllBytes(path), new ModelFolder(path), allowance, reading);
  }

  /** The same for a file in memory. */
  public static <T> T read(byte[] contents, ReadAllowance allowance, Function<KerasFile, T> reading)
      throws IOException {
    if (isZip(contents)) {
      return readZip(
          ZipFile.builder().setSeekableByteChannel(new SeekableInMemoryByteChannel(contents)),
          allowance,
          reading);
    }
    return isHdf5(contents)
        ? readHdf5(contents, allowance, reading)
        : readJson(contents, new ModelFolder(null), allowance, reading);
  }

  private static <T> T readJson(
      byte[] contents,
      ModelFolder folder,
      ReadAllowance allowance,
      Function<KerasFile, T> reading) {
    String text = new String(contents, StandardCharsets.UTF_8);
    return reading.apply(TfjsModels.read(text, folder, allowance));
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
  private static <T> T readHdf5(
      Path path, ReadAllowance allowance, Function<KerasFile, T> reading) {
    try (Hdf5 file = Hdf5.open(path, allowance)) {
      return reading.apply(Hdf5Models.read(file));
    }
  }

  private static <T> T readHdf5(
      byte[] contents, ReadAllowance allowance, Function<KerasFile, T> reading) {
    try (Hdf5 file = Hdf5.open(contents, allowance)) {
      return reading.apply(Hdf5Models.read(file));
    }
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
      if (zip.getEntry("model.json") != null) {
        throw new ImportException(
            "is a zip archive with a TensorFlow.js model, as Teachable Machine saves it; unpack it"
                + " and give its model.json");
      }
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
