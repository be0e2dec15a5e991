package dev.graft.importers;

import dev.graft.core.graph.Model;
import dev.graft.core.rewrite.CancelTransposes;
import dev.graft.core.rewrite.RecognizePatterns;
import dev.graft.core.rewrite.Rewrite;
import dev.graft.core.rewrite.Rewritten;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.keras.KerasReader;
import dev.graft.importers.onnx.OnnxReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a model from a file or a stream, whatever its name: the content tells the format. ONNX, and
 * whole Keras models in HDF5, a {@code .keras} archive or TensorFlow.js's {@code model.json}, are
 * read.
 */
public final class ModelReader {

  private static final int HEAD = 64;

  /** Protocol buffers end at 2 GiB. */
  private static final long MOST = Integer.MAX_VALUE;

  private static final Rewrite REWRITE =
      Rewrite.inOrder(List.of(new RecognizePatterns(), new CancelTransposes()));

  private static final String SAVED_MODEL =
      "is a TensorFlow SavedModel, which holds operations instead of layers; convert it to ONNX:"
          + " python -m tf2onnx.convert --saved-model %s --output model.onnx";

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
      throw ImportException.unreadable("stream", e);
    }
  }

  /**
   * Reads a model file and tells what became of its parts.
   *
   * @throws ImportException as {@link #read(Path)}
   */
  public static ImportedModel readWithReport(Path file) {
    if (!Files.exists(file)) {
      throw new ImportException(file + ": there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new ImportException(file + ": " + folder(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      if (Files.size(file) > MOST) {
        throw new ImportException(
            file
                + ": is larger than the 2 GiB that the format allows; export the model with its"
                + " weights in external data");
      }
      return read(file.toString(), in, file);
    } catch (IOException e) {
      throw ImportException.unreadable(file, e);
    }
  }

  private static ImportedModel read(String name, InputStream stream, @Nullable Path file)
      throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
    in.mark(HEAD);
    byte[] head = in.readNBytes(HEAD);
    in.reset();
    if (KerasReader.recognises(head)) {
      return rewritten(
          name,
          file == null
              ? KerasReader.read(name, in.readNBytes((int) MOST))
              : KerasReader.read(file, head));
    }
    String foreign = foreign(head);
    if (foreign != null) {
      throw new ImportException(name + ": " + foreign);
    }
    // A pipe can be read once, and from its beginning.
    return rewritten(
        name,
        file != null && Files.isRegularFile(file)
            ? OnnxReader.read(file)
            : OnnxReader.read(name, in));
  }

  /** What a folder in the place of a model is, and what to do. */
  private static String folder(Path folder) {
    if (Files.exists(folder.resolve("saved_model.pb"))
        || Files.exists(folder.resolve("saved_model.pbtxt"))) {
      return SAVED_MODEL.formatted(folder);
    }
    return Files.exists(folder.resolve("model.json"))
        ? "is a folder; give the model.json in it"
        : "is a folder; give a model file";
  }

  /** What is done for every format alike, beginning with what each operation takes. */
  private static ImportedModel rewritten(String name, ImportedModel imported) {
    try {
      Rewritten result = REWRITE.apply(imported.model());
      return new ImportedModel(result.model(), imported.report().withNotes(result.notes()));
    } catch (ShapeException e) {
      throw new ImportException(name + ": " + e.getMessage(), e);
    }
  }

  /** What a file that is no model looks like, and what to do; null if it may be one. */
  private static @Nullable String foreign(byte[] head) {
    if (head.length == 0) {
      return "is empty; expected an ONNX or Keras model";
    }
    if (startsWith(head, 0x80) && head.length > 1 && head[1] >= 2 && head[1] <= 5) {
      return "is a Python pickle, as old PyTorch wrote; export the model with torch.onnx.export";
    }
    if (startsWith(head, 0x1F, 0x8B)) {
      return "is compressed with gzip; unpack it first";
    }
    if (startsWith(head, 0x93, 'N', 'U', 'M', 'P', 'Y')) {
      return "is a NumPy array; expected an ONNX or Keras model";
    }
    if (head.length > 7 && startsWith(Arrays.copyOfRange(head, 4, 8), 'T', 'F', 'L', '3')) {
      return "is a TensorFlow Lite model; convert it to ONNX: python -m tf2onnx.convert --tflite FILE"
          + " --output model.onnx";
    }
    if (isSavedModel(head)) {
      return SAVED_MODEL.formatted("FOLDER");
    }
    if (head.length > 8 && head[8] == '{' && head[7] == 0 && head[6] == 0) {
      return "is a safetensors file, which holds weights without a network; give an ONNX or Keras model";
    }
    if (isPointer(head)) {
      return "is a pointer of Git LFS, not the model; fetch it with git lfs pull";
    }
    boolean text = true;
    for (byte b : head) {
      text &= b >= 32 && b < 127 || b == '\n' || b == '\r' || b == '\t';
    }
    return text ? "is a text file; expected an ONNX or Keras model" : null;
  }

  /**
   * Field 1, the schema's version 1, and field 2, a graph that begins with its description: a
   * message, where the second field of an ONNX model is the producer's name.
   */
  private static boolean isSavedModel(byte[] head) {
    if (!startsWith(head, 0x08, 0x01, 0x12)) {
      return false;
    }
    int at = 3;
    while (at < head.length && head[at] < 0) {
      at++;
    }
    return at + 1 < head.length && head[at + 1] == 0x0A;
  }

  private static boolean isPointer(byte[] head) {
    return new String(head, StandardCharsets.ISO_8859_1).startsWith("version https://git-lfs");
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
