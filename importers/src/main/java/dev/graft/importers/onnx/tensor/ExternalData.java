package dev.graft.importers.onnx.tensor;

import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Weights in files beside the model. A model file comes from a stranger, so the files must lie in
 * the model's own folder, symbolic links resolved.
 *
 * @param folder the model's folder; null for a model from a stream
 */
public record ExternalData(@Nullable Path folder) {

  /**
   * The bytes of a tensor.
   *
   * @param length number of bytes the tensor's sizes ask for
   * @throws ImportException if the file is missing, outside the folder, or too short
   */
  ByteBuffer read(TensorProto tensor, long length) {
    String location = entry(tensor, "location", "");
    String where = "tensor " + tensor.getName() + ": ";
    if (folder == null) {
      throw new ImportException(
          where + "its data is in the file " + location + "; read the model from a path");
    }
    Path file = resolve(where, location);
    long offset = number(where, entry(tensor, "offset", "0"));
    long given = number(where, entry(tensor, "length", Long.toString(length)));
    if (given != length) {
      throw new ImportException(
          where + "its sizes ask for " + length + " bytes, it claims " + given + " of " + location);
    }
    try (FileChannel channel = FileChannel.open(file)) {
      if (offset < 0 || offset > channel.size() - length) {
        throw new ImportException(
            where
                + location
                + " has "
                + channel.size()
                + " bytes, expected "
                + length
                + " from "
                + offset);
      }
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
      while (bytes.hasRemaining() && channel.read(bytes, offset + bytes.position()) >= 0) {
        continue;
      }
      return bytes.flip();
    } catch (IOException | ArithmeticException e) {
      throw new ImportException(where + location + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Path resolve(String where, String location) {
    try {
      Path named = Path.of(location);
      Path file = folder.resolve(named);
      if (named.isAbsolute() || !file.normalize().startsWith(folder.normalize())) {
        throw new ImportException(
            where + "its data file " + location + " lies outside the model's folder; refused");
      }
      if (!Files.isRegularFile(file)) {
        throw new ImportException(
            where + "its data file " + location + " is missing; put it beside the model");
      }
      if (!file.toRealPath().startsWith(folder.toRealPath())) {
        throw new ImportException(
            where + "its data file " + location + " links outside the model's folder; refused");
      }
      return file;
    } catch (InvalidPathException | IOException e) {
      throw new ImportException(where + "its data file has no usable name", e);
    }
  }

  private static String entry(TensorProto tensor, String key, String absent) {
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      if (entry.getKey().equals(key)) {
        return entry.getValue();
      }
    }
    return absent;
  }

  private static long number(String where, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ImportException(where + "external data with the number '" + text + "'", e);
    }
  }
}
