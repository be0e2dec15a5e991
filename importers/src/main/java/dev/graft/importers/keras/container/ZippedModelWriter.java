package dev.graft.importers.keras.container;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.graft.importers.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes {@code .keras} archives: the original's {@code config.json}, which holds the architecture,
 * and new weights. What the optimizer kept is left out, since it belongs to the old ones; no dates.
 */
public final class ZippedModelWriter {

  /** The first moment that an archive can name. */
  private static final long NO_DATE = 0;

  private ZippedModelWriter() {}

  /**
   * Writes an archive, whole or not at all.
   *
   * @param source the original
   * @param arrays by their paths
   * @throws dev.graft.importers.ExportException if it cannot be written
   */
  public static void write(Path file, KerasFile source, List<ArrayEntry> arrays) {
    String metadata =
        JsonNodeFactory.instance.objectNode().put("keras_version", source.version()).toString();
    Hdf5Writer.beside(
        file,
        target -> Hdf5Writer.folders(target, arrays),
        weights ->
            AtomicFile.write(
                file,
                out -> {
                  ZipOutputStream zip = new ZipOutputStream(out);
                  member(zip, ZippedModels.METADATA, metadata);
                  member(zip, ZippedModels.CONFIG, source.config());
                  begin(zip, ZippedModels.WEIGHTS);
                  Files.copy(weights, zip);
                  zip.finish();
                }));
  }

  private static void member(ZipOutputStream zip, String name, String text) throws IOException {
    begin(zip, name);
    ((OutputStream) zip).write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void begin(ZipOutputStream zip, String name) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(NO_DATE);
    zip.putNextEntry(entry);
  }
}
