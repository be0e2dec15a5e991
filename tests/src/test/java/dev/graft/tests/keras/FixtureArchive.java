package dev.graft.tests.keras;

import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Some 750 files that Keras 1.2 to 2.11 saved, 75 of them with what they were fed and computed.
 *
 * @param files contents by name within the archive
 */
record FixtureArchive(Map<String, byte[]> files) {

  private static final String RECORDED = "inputs_and_outputs";

  static FixtureArchive read(Path archive) {
    Map<String, byte[]> files = new TreeMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new XZCompressorInputStream(new BufferedInputStream(Files.newInputStream(archive))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().endsWith(".h5") || entry.getName().endsWith(".hdf5")) {
          files.put(entry.getName(), tar.readAllBytes());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new FixtureArchive(files);
  }

  /** The files that hold a model, or the weights of one, by name. */
  Map<String, byte[]> models() {
    Map<String, byte[]> models = new TreeMap<>(files);
    models.keySet().removeIf(name -> name.contains(RECORDED));
    return models;
  }

  /** What was recorded of a model; null if nothing was. */
  byte @Nullable [] recorded(String model) {
    String name = model.replace("model.h5", RECORDED + ".h5");
    return name.equals(model) ? null : files.get(name);
  }

  /** An attribute of a file that is a text; null if there is none. */
  static @Nullable String text(byte[] file, String name) {
    try (HdfFile hdf = HdfFile.fromBytes(file)) {
      Attribute attribute = hdf.getAttribute(name);
      return attribute == null ? null : attribute.getData().toString();
    }
  }
}
