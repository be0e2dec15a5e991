package dev.graft.importers.keras.container;

import dev.graft.importers.AtomicFile;
import dev.graft.importers.ExportException;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.Node;
import io.jhdf.api.WritableGroup;
import io.jhdf.api.WritableNode;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes the weights of a Keras model into an HDF5 file: as Keras 2 does, which every Keras loads,
 * a group for each layer with {@code weight_names}, and {@code layer_names} in order; or by paths,
 * as Keras 3 does. Layers without weights are left out, as Keras skips them; so are arrays without
 * elements, which the library cannot write.
 */
public final class Hdf5Writer {

  /** A longer list of names does not fit into an object header of 64 KiB; Keras splits it too. */
  private static final int MOST_BYTES = 56_000;

  private Hdf5Writer() {}

  /** Puts things into a file of the library's. */
  interface Contents {
    void put(WritableHdfFile target);
  }

  /** Takes a finished file, which is gone afterwards. */
  interface Finished {
    void take(Path file) throws IOException;
  }

  /**
   * Writes what {@code model.load_weights} of every Keras takes: a list for each layer. The file is
   * there whole or not at all.
   *
   * @param layers the arrays of each layer, in order
   * @param version of Keras in whose order the arrays are
   * @param backend on which that Keras ran; empty for TensorFlow
   * @throws ExportException if it cannot be written
   */
  public static void writeLists(
      Path file, Map<String, List<ArrayEntry>> layers, String version, String backend) {
    beside(
        file,
        target -> {
          lists(target, layers);
          target.putAttribute("keras_version", version);
          target.putAttribute("backend", backend.isEmpty() ? "tensorflow" : backend);
        },
        whole -> AtomicFile.write(file, out -> Files.copy(whole, out)));
  }

  /**
   * Writes what Keras 3 calls {@code .weights.h5}: arrays by their paths. The file is there whole
   * or not at all.
   *
   * @throws ExportException if it cannot be written
   */
  public static void writeFolders(Path file, List<ArrayEntry> arrays) {
    beside(
        file,
        target -> folders(target, arrays),
        whole -> AtomicFile.write(file, out -> Files.copy(whole, out)));
  }

  /** Writes a file in the folder of another one, under a name that nobody has. */
  static void beside(Path file, Contents contents, Finished finished) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      Path beside = Files.createTempFile(folder, ".", ".h5");
      try {
        try (WritableHdfFile target = HdfFile.write(beside)) {
          contents.put(target);
        }
        finished.take(beside);
      } finally {
        Files.deleteIfExists(beside);
      }
    } catch (IOException | RuntimeException e) {
      throw e instanceof ExportException known
          ? known
          : new ExportException(file + ": cannot be written: " + e.getMessage(), e);
    }
  }

  static void folders(WritableHdfFile target, List<ArrayEntry> arrays) {
    arrays.stream().filter(e -> e.values().length > 0).forEach(entry -> put(target, entry));
  }

  private static void lists(WritableHdfFile target, Map<String, List<ArrayEntry>> layers) {
    List<String> names = new ArrayList<>();
    layers.forEach(
        (layer, all) -> {
          List<ArrayEntry> entries = all.stream().filter(e -> e.values().length > 0).toList();
          if (!entries.isEmpty()) {
            names.add(layer);
            WritableGroup group = group(target, layer);
            put(group, "weight_names", entries.stream().map(ArrayEntry::name).toList());
            entries.forEach(entry -> put(group, entry));
          }
        });
    put(target, "layer_names", names);
  }

  private static void put(WritableGroup group, ArrayEntry entry) {
    int last = entry.name().lastIndexOf('/');
    WritableGroup folder = last < 0 ? group : group(group, entry.name().substring(0, last));
    String name = entry.name().substring(last + 1);
    int[] sizes = entry.shape().toArray();
    folder.putDataset(
        name, sizes.length == 0 ? (Object) entry.values()[0] : nested(entry.values(), sizes, 0, 0));
  }

  private static WritableGroup group(WritableGroup root, String path) {
    WritableGroup group = root;
    for (String part : path.split("/")) {
      Node child = group.getChildren().get(part);
      group = child instanceof WritableGroup there ? there : group.putGroup(part);
    }
    return group;
  }

  /** Arrays within arrays, as the library takes them. */
  private static Object nested(float[] values, int[] sizes, int axis, int from) {
    if (axis == sizes.length - 1) {
      float[] row = new float[sizes[axis]];
      System.arraycopy(values, from, row, 0, row.length);
      return row;
    }
    int inner = 1;
    for (int i = axis + 1; i < sizes.length; i++) {
      inner *= sizes[i];
    }
    Object first = nested(values, sizes, axis + 1, from);
    Object all = Array.newInstance(first.getClass(), sizes[axis]);
    Array.set(all, 0, first);
    for (int i = 1; i < sizes[axis]; i++) {
      Array.set(all, i, nested(values, sizes, axis + 1, from + i * inner));
    }
    return all;
  }

  /** A list of texts, in pieces {@code name0}, {@code name1}… where it is long. */
  private static void put(WritableNode node, String name, List<String> texts) {
    int longest =
        texts.stream().mapToInt(t -> t.getBytes(StandardCharsets.UTF_8).length + 1).max().orElse(1);
    int most = Math.max(1, MOST_BYTES / longest);
    if (texts.size() <= most) {
      node.putAttribute(name, texts.toArray(String[]::new));
      return;
    }
    for (int piece = 0; piece * most < texts.size(); piece++) {
      int end = Math.min(texts.size(), (piece + 1) * most);
      node.putAttribute(name + piece, texts.subList(piece * most, end).toArray(String[]::new));
    }
  }
}
