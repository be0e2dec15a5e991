package dev.graft.importers.keras.container;

import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ReadAllowance;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An HDF5 file of a stranger: groups, attributes and arrays by path. Whatever the file declares is
 * counted before memory is taken for it; links, filters and arrays that lie in other files are
 * refused, and what the library cannot make sense of is an {@link ImportException}.
 */
final class Hdf5 implements AutoCloseable {

  private static final int MOST_LEVELS = 100;

  private final HdfFile file;
  private final ReadAllowance allowance;

  private Hdf5(HdfFile file, ReadAllowance allowance) {
    this.file = file;
    this.allowance = allowance;
  }

  /**
   * Opens a file. It is mapped, since the library takes as much memory as a damaged length says
   * before it reads from a channel, while a buffer ends where the file does.
   */
  static Hdf5 open(Path path, ReadAllowance allowance) {
    ByteBuffer contents;
    try (FileChannel channel = FileChannel.open(path)) {
      contents = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    } catch (IOException e) {
      throw new ImportException("cannot be read: " + e.getMessage(), e);
    }
    return new Hdf5(guarded("the file", () -> HdfFile.fromByteBuffer(contents)), allowance);
  }

  static Hdf5 open(byte[] contents, ReadAllowance allowance) {
    return new Hdf5(
        guarded("the file", () -> HdfFile.fromByteBuffer(ByteBuffer.wrap(contents))), allowance);
  }

  @Override
  public void close() {
    file.close();
  }

  /** Runs the library, which answers damage with any exception. */
  private static <T> T guarded(String what, Supplier<T> access) {
    try {
      return access.get();
    } catch (ImportException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError | NoClassDefFoundError e) {
      throw new ImportException(
          "the HDF5 file is truncated or damaged, or uses what no Keras file does, at "
              + what
              + " ("
              + root(e).getMessage()
              + ")",
          e);
    }
  }

  /** What the library says of the place where it failed, behind what it says of those around it. */
  private static Throwable root(Throwable e) {
    Throwable root = e;
    for (int depth = 0; root.getCause() != null && depth < MOST_LEVELS; depth++) {
      root = root.getCause();
    }
    return root.getMessage() == null ? e : root;
  }

  /** Whether there is a group or an array of that path. */
  boolean has(String path) {
    return find(path) != null;
  }

  /** Names of what lies in a group. */
  List<String> children(String path) {
    Node node = find(path);
    return node instanceof Group group
        ? guarded(path, () -> List.copyOf(group.getChildren().keySet()))
        : List.of();
  }

  private @Nullable Node find(String path) {
    Node node = file;
    for (String part : path.split("/")) {
      if (part.isEmpty()) {
        continue;
      }
      if (!(node instanceof Group group)) {
        return null;
      }
      node = guarded(path, () -> group.getChild(part));
      if (node == null) {
        return null;
      }
      if (node.isLink()) {
        throw new ImportException(
            path + " is a link, which may lead out of the file; save the model again");
      }
    }
    return node;
  }

  /** An attribute of strings: one, a list, or a list in pieces {@code name0}, {@code name1}…. */
  @Nullable List<String> texts(String path, String name) {
    Node node = find(path);
    if (node == null) {
      return null;
    }
    List<String> whole = strings(node, name);
    if (whole != null) {
      return whole;
    }
    List<String> all = null;
    for (int piece = 0; ; piece++) {
      List<String> next = strings(node, name + piece);
      if (next == null) {
        return all;
      }
      all = all == null ? new ArrayList<>() : all;
      all.addAll(next);
    }
  }

  /** An attribute that is one string; null if there is none. */
  @Nullable String text(String path, String name) {
    List<String> texts = texts(path, name);
    return texts == null || texts.isEmpty() ? null : String.join("", texts);
  }

  private @Nullable List<String> strings(Node node, String name) {
    String what = "the attribute " + name;
    return guarded(
        what,
        () -> {
          Attribute attribute = node.getAttribute(name);
          if (attribute == null) {
            return null;
          }
          if (attribute.isEmpty() || attribute.getSize() == 0) {
            return List.of();
          }
          allowance.expect(
              attribute.getSizeInBytes(), what + " is larger than the file could hold");
          Object data = attribute.getData();
          if (data instanceof String text) {
            return List.of(text);
          }
          if (data instanceof String[] texts) {
            return List.of(texts);
          }
          if (data instanceof float[] || data instanceof double[]) {
            // What NumPy makes of an empty list.
            return List.of();
          }
          throw new ImportException(what + " holds no text");
        });
  }

  /**
   * An array of floats or whole numbers.
   *
   * @throws ImportException if there is none of that path, or it is stored in a way that is refused
   */
  StoredArray array(String path) {
    Node node = find(path);
    if (!(node instanceof Dataset dataset)) {
      throw new ImportException("the weights " + path + " are not in the file");
    }
    return guarded(path, () -> new StoredArray(path, shape(path, dataset), () -> read(dataset)));
  }

  /**
   * All arrays below a path.
   *
   * @throws ImportException if groups lie in each other, or deeper than anyone has them
   */
  List<StoredArray> arrays(String path) {
    List<StoredArray> arrays = new ArrayList<>();
    collect(path, 0, new HashSet<>(), arrays);
    return arrays;
  }

  private void collect(String path, int level, Set<Long> groups, List<StoredArray> to) {
    Node node = find(path);
    if (node instanceof Dataset) {
      to.add(array(path));
    } else if (node instanceof Group group) {
      if (level > MOST_LEVELS || !groups.add(group.getAddress())) {
        throw new ImportException(path + " lies within itself, or in more than 100 groups");
      }
      children(path).forEach(child -> collect(path + "/" + child, level + 1, groups, to));
    }
  }

  private static Shape shape(String path, Dataset dataset) {
    long elements = 1;
    for (long size : dataset.getDimensionsAsLong()) {
      elements = Math.multiplyExact(elements, Math.max(1, size));
    }
    if (elements > Integer.MAX_VALUE || dataset.isCompound() || dataset.isVariableLength()) {
      throw new ImportException(path + " is no array of numbers, or one of more than 2^31");
    }
    return Shape.of(dataset.getDimensions());
  }

  private float[] read(Dataset dataset) {
    String path = dataset.getPath();
    return guarded(
        path,
        () -> {
          if (!dataset.getFilters().isEmpty()) {
            throw new ImportException(
                path + " is compressed; unpack the file first: h5repack -f NONE IN OUT");
          }
          int count = shape(path, dataset).elements();
          long bytes = dataset.getSizeInBytes() + (long) Float.BYTES * count;
          allowance.expect(bytes, path + " is larger than the file could hold");
          return count == 0 ? new float[0] : Numbers.floats(path, dataset.getDataFlat(), count);
        });
  }
}
