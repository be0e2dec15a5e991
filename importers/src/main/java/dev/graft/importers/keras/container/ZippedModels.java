package dev.graft.importers.keras.container;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.keras.config.KerasJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .keras} archives of Keras 3: {@code config.json}, {@code metadata.json} and {@code
 * model.weights.h5}. Members are read by these names alone, so that no name of the archive's own
 * leads anywhere, and never beyond what the archive's size allows.
 */
final class ZippedModels {

  static final String CONFIG = "config.json";
  static final String METADATA = "metadata.json";
  static final String WEIGHTS = "model.weights.h5";
  private static final String ARRAYS = "model.weights.npz";

  private ZippedModels() {}

  /** Whether an archive is one of Keras's. */
  static boolean isKeras(ZipFile zip) {
    return zip.getEntry(CONFIG) != null || zip.getEntry(METADATA) != null;
  }

  /**
   * Opens an archive for as long as {@code reading} takes.
   *
   * @throws ImportException if a member is missing, damaged or larger than it may be
   */
  static <T> T read(ZipFile zip, ReadAllowance allowance, Function<KerasFile, T> reading)
      throws IOException {
    byte[] config = member(zip, CONFIG, allowance);
    byte[] weights = member(zip, WEIGHTS, allowance);
    if (config == null) {
      throw new ImportException("is a zip archive without " + CONFIG + "; save with model.save()");
    }
    if (weights == null) {
      throw new ImportException(
          zip.getEntry(ARRAYS) != null
              ? "holds its weights as "
                  + ARRAYS
                  + ", a Python pickle; load it in Keras and save it again: model.save('x.keras')"
              : "is a .keras archive without " + WEIGHTS + "; was it written completely?");
    }
    byte[] metadata = member(zip, METADATA, allowance);
    JsonNode said =
        metadata == null
            ? KerasJson.parse("{}", METADATA)
            : KerasJson.parse(new String(metadata, StandardCharsets.UTF_8), METADATA);
    String version = said.path("keras_version").asText("3");
    try (Hdf5 file = Hdf5.open(weights, allowance)) {
      return reading.apply(
          new KerasFile(
              "Keras " + version + ", .keras archive",
              new String(config, StandardCharsets.UTF_8),
              version,
              "",
              Hdf5Models.byPath(file)));
    }
  }

  private static byte @Nullable [] member(ZipFile zip, String name, ReadAllowance allowance)
      throws IOException {
    ZipArchiveEntry entry = zip.getEntry(name);
    if (entry == null) {
      return null;
    }
    String large = name + " in the archive is larger than the archive's size allows";
    if (entry.getSize() < 0 || entry.getSize() > Integer.MAX_VALUE - 16) {
      throw new ImportException(large);
    }
    if (!zip.canReadEntryData(entry)) {
      throw new ImportException(name + " in the archive is encrypted or packed in an unknown way");
    }
    int size = (int) entry.getSize();
    allowance.expect(size, large);
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(size);
      if (bytes.length < size || in.read() >= 0) {
        throw new ImportException(name + " in the archive does not have the size it declares");
      }
      return bytes;
    }
  }
}
