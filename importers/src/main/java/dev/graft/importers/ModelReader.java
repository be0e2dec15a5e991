package dev.graft.importers;

import dev.graft.core.graph.Model;
import dev.graft.importers.onnx.OnnxReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a model from a file or a stream, whatever its name: the content tells the format. */
public final class ModelReader {

  private static final int HEAD = 16;

  private ModelReader() {}

  /**
   * Reads a model file.
   *
   * @throws ImportException if there is none, or it is not a model that Graft can read
   */
  public static Model read(Path file) {
    return readWithReport(file).model();
  }

  /**
   * Reads a model from a stream, to its end. Weights in files beside the model are out of reach.
   *
   * @throws ImportException if it is not a model that Graft can read
   */
  public static Model read(InputStream stream) {
    try {
      return read("stream", stream, null).model();
    } catch (IOException e) {
      throw new ImportException("the model cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a model file and tells what became of its parts.
   *
   * @throws ImportException as {@link #read(Path)}
   */
  public static Imported readWithReport(Path file) {
    if (!Files.exists(file)) {
      throw new ImportException(file + ": there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new ImportException(file + ": is a folder; give a model file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in, file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new ImportException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Imported read(String name, InputStream stream, @Nullable Path folder)
      throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
    in.mark(HEAD);
    byte[] head = in.readNBytes(HEAD);
    in.reset();
    String foreign = foreign(head);
    if (foreign != null) {
      throw new ImportException(name + ": " + foreign);
    }
    return OnnxReader.read(name, in, folder);
  }

  /** What a file that is no ONNX model looks like, and what to do; null if it may be one. */
  private static @Nullable String foreign(byte[] head) {
    if (head.length == 0) {
      return "is empty; expected an ONNX model";
    }
    if (startsWith(head, 0x89, 'H', 'D', 'F')) {
      return "is an HDF5 file, as Keras writes; convert it to ONNX (python -m tf2onnx.convert)";
    }
    if (startsWith(head, 'P', 'K', 3, 4)) {
      return "is a zip archive, as PyTorch and Keras 3 write; export the model to ONNX";
    }
    if (startsWith(head, 0x80, 2) || startsWith(head, 0x80, 4)) {
      return "is a Python pickle, as old PyTorch wrote; export it with torch.onnx.export";
    }
    if (head.length > 8 && head[8] == '{' && head[7] == 0 && head[6] == 0) {
      return "is a safetensors file, which holds weights without a network; give an ONNX model";
    }
    boolean text = true;
    for (byte b : head) {
      text &= b >= 32 && b < 127 || b == '\n' || b == '\r' || b == '\t';
    }
    return text ? "is a text file; expected an ONNX model" : null;
  }

  private static boolean startsWith(byte[] head, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= head.length || (head[i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
