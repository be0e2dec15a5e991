package dev.graft.importers.graph;

import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where weights outside a model's file may lie. A model comes from a stranger, so its data must
 * lie, links resolved, in the folder of the model: that of the name it was opened by, or that of
 * the file itself where the name is a link. Caches of downloads (Hugging Face's) keep model and
 * data under other names in one folder, with links to both in another.
 *
 * @param model the model's file; null for a model from a stream
 */
public record ModelFolder(@Nullable Path model) {

  /**
   * The file that a model names.
   *
   * @param where for messages
   * @param location as the model says it, relative to its folder
   * @throws ImportException if it is missing, or lies elsewhere
   */
  public Path resolve(String where, String location) {
    if (model == null) {
      throw new ImportException(
          where + "its data is in the file " + location + "; read the model from a path");
    }
    try {
      Path folder = model.toAbsolutePath().getParent();
      Path named = folder.getFileSystem().getPath(location);
      Path file = folder.resolve(named);
      if (named.isAbsolute() || !file.normalize().startsWith(folder.normalize())) {
        throw new ImportException(
            where + "its data file " + location + " lies outside the model's folder; refused");
      }
      if (file.equals(model.toAbsolutePath())) {
        return file;
      }
      if (!Files.isRegularFile(file)) {
        throw new ImportException(
            where + "its data file " + location + " is missing; put it beside the model");
      }
      Path real = file.toRealPath();
      if (!real.startsWith(folder.toRealPath())
          && !real.startsWith(model.toRealPath().getParent())) {
        throw new ImportException(
            where + "its data file " + location + " links outside the model's folder; refused");
      }
      return real;
    } catch (InvalidPathException | IOException e) {
      throw new ImportException(where + "its data file has no usable name", e);
    }
  }
}
