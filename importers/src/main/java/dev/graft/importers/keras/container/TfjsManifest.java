package dev.graft.importers.keras.container;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.importers.ImportException;
import dev.graft.importers.element.ElementType;
import dev.graft.importers.graph.ModelFolder;
import dev.graft.importers.graph.ReadAllowance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The {@code weightsManifest} of a TensorFlow.js model: groups of weights, each in files of its
 * own, one weight behind the other. The files lie in the model's folder, no file counts twice, and
 * each group takes exactly the bytes that its files hold.
 */
final class TfjsManifest {

  private static final int MOST_AXES = 16;
  private static final int MOST_LETTERS = 1000;

  private final ModelFolder folder;
  private final ReadAllowance allowance;
  private final Set<Path> files = new HashSet<>();
  private final Map<String, StoredArray> arrays = new LinkedHashMap<>();

  private TfjsManifest(ModelFolder folder, ReadAllowance allowance) {
    this.folder = folder;
    this.allowance = allowance;
  }

  /**
   * All weights, in order.
   *
   * @param allowance grows by the files
   * @throws ImportException if a file is missing, lies elsewhere, or has another length
   */
  static List<StoredArray> arrays(JsonNode manifest, ModelFolder folder, ReadAllowance allowance) {
    TfjsManifest read = new TfjsManifest(folder, allowance);
    manifest.forEach(read::group);
    return List.copyOf(read.arrays.values());
  }

  private void group(JsonNode group) {
    List<Path> paths = new ArrayList<>();
    for (JsonNode path : group.path("paths")) {
      Path file = folder.resolve("", path.asText());
      if (!files.add(file)) {
        throw new ImportException("names the file " + path.asText() + " of weights twice");
      }
      paths.add(file);
    }
    Shards shards = new Shards(paths);
    allowance.grant(shards.length(), false);
    long offset = 0;
    for (JsonNode weight : group.path("weights")) {
      offset = add(weight, shards, offset);
    }
    if (offset != shards.length()) {
      throw new ImportException(
          "its weights take "
              + offset
              + " bytes, the files of them ("
              + String.join(", ", paths.stream().limit(3).map(TfjsManifest::name).toList())
              + (paths.size() > 3 ? ", …" : "")
              + ") hold "
              + shards.length()
              + "; copy all of them again");
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  /** Adds a weight that begins at {@code offset}; returns where it ends. */
  private long add(JsonNode weight, Shards shards, long offset) {
    String name = weight.path("name").asText();
    if (name.length() > MOST_LETTERS) {
      throw new ImportException("a weight has a name of " + name.length() + " letters");
    }
    try {
      Shape shape = shape(weight.path("shape"));
      StoredFormat format = StoredFormat.of(weight);
      long bytes = (long) shape.elements() * format.type().width();
      StoredArray array =
          new StoredArray(name, shape, () -> read(name, shards, offset, shape, format));
      if (arrays.put(name, array) != null) {
        throw new ImportException("is named twice");
      }
      return Math.addExact(offset, bytes);
    } catch (ImportException | ShapeException | ArithmeticException e) {
      throw new ImportException("the weight " + name + " " + e.getMessage(), e);
    }
  }

  private static Shape shape(JsonNode json) {
    if (!json.isArray()) {
      throw new ImportException("has no shape, but " + json.toString());
    }
    int[] sizes = new int[json.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      JsonNode size = json.get(axis);
      if (!size.isInt() || size.intValue() < 0 || sizes.length > MOST_AXES) {
        throw new ImportException("has the impossible shape " + json);
      }
      sizes[axis] = size.intValue();
    }
    return Shape.of(sizes);
  }

  private float[] read(String name, Shards shards, long offset, Shape shape, StoredFormat format) {
    int count = shape.elements();
    long bytes = (long) count * format.type().width();
    if (offset + bytes > shards.length()) {
      throw new ImportException("the weight " + name + " lies beyond the end of its files");
    }
    allowance.expect((long) Float.BYTES * count, name + " is larger than its files could hold");
    float[] values = new float[count];
    int[] next = {0};
    shards.read(
        offset,
        bytes,
        piece -> {
          if (format.type() == ElementType.F32) {
            int floats = piece.remaining() / Float.BYTES;
            piece.asFloatBuffer().get(values, next[0], floats);
            next[0] += floats;
            return;
          }
          while (piece.hasRemaining()) {
            values[next[0]++] = format.next(piece);
          }
        });
    return values;
  }
}
