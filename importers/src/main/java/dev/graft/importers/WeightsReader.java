package dev.graft.importers;

import dev.graft.core.graph.Weights;
import dev.graft.importers.safetensors.SafetensorsReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the tensors of any file that Graft can read, whatever network they are of. */
public final class WeightsReader {

  /** A safetensors file begins with the length of its header, 8 bytes, and the header's brace. */
  private static final int BRACE = 8;

  private WeightsReader() {}

  /**
   * Reads a safetensors file, or the weights of a model.
   *
   * @throws ImportException if it is neither
   */
  public static Weights read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ImportException(file + ": there is no such file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(BRACE + 1);
      boolean isSafetensors = head.length > BRACE && head[BRACE] == '{';
      return isSafetensors
          ? SafetensorsReader.read(file).weights()
          : ModelReader.read(file).weights();
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }
}
