package dev.graft.importers.keras;

import dev.graft.core.graph.Model;
import dev.graft.importers.ExportException;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.ModelConfig;
import dev.graft.importers.keras.config.ModelParser;
import dev.graft.importers.keras.container.ArrayEntry;
import dev.graft.importers.keras.container.Hdf5Writer;
import dev.graft.importers.keras.container.KerasFile;
import dev.graft.importers.keras.container.KerasFiles;
import dev.graft.importers.keras.container.StoredArray;
import dev.graft.importers.keras.container.WeightStore;
import dev.graft.importers.keras.container.ZippedModelWriter;
import dev.graft.importers.keras.layer.LayerWeights;
import dev.graft.importers.keras.layer.Mismatches;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes the weights of a trained model in the order of the Keras file that it came from, so that
 * Keras loads them into the original architecture. What came from a whole model in HDF5 becomes
 * {@code trained.h5}, what came from a {@code .keras} archive {@code trained.weights.h5}, both for
 * {@code model.load_weights}, or a whole {@code trained.keras}.
 */
public final class KerasWriter {

  private static final String ARCHIVE = ".keras";
  private static final String FOLDERS = ".weights.h5";

  private KerasWriter() {}

  /**
   * What was written.
   *
   * @param written layers that hold the trained weights
   * @param leftOut layers that the trained model has no more, or of other sizes, such as a head
   *     that was replaced
   * @param loading how Keras loads the file; without the layers that were left out, if any were
   */
  public record Written(List<String> written, List<String> leftOut, String loading) {}

  /** Whether a name is one of those that {@link #write} takes. */
  public static boolean isKerasName(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".h5") || name.endsWith(ARCHIVE);
  }

  /**
   * Writes a file.
   *
   * @param trained a model that was read from {@code original} and trained since, in whichever
   *     format it was kept
   * @param original a whole Keras model in HDF5 or a {@code .keras} archive
   * @param file to be written, whole or not at all
   * @throws ImportException if the original cannot be read
   * @throws ExportException if the two have nothing in common, the file has not the name of what
   *     the original becomes, or it cannot be written
   */
  public static Written write(Model trained, Path original, Path file) {
    try {
      byte[] head = head(original);
      long size = Files.size(original);
      return KerasFiles.read(
          original, head, ReadAllowance.ofFile(size), source -> write(trained, source, size, file));
    } catch (IOException e) {
      throw ImportException.unreadable(original, e);
    } catch (ImportException e) {
      throw new ImportException(original + ": " + e.getMessage(), e);
    }
  }

  private static byte[] head(Path original) throws IOException {
    try (InputStream in = Files.newInputStream(original)) {
      byte[] head = in.readNBytes(64);
      if (!KerasFiles.isHdf5(head) && !KerasFiles.isZip(head)) {
        throw new ImportException(
            "is no Keras model in HDF5 or a .keras archive, whose order the weights could follow;"
                + " save the original with model.save('original.keras')");
      }
      return head;
    }
  }

  private static Written write(Model trained, KerasFile source, long size, Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    boolean byName = source.weights() instanceof WeightStore.ByName;
    if (byName == (name.endsWith(ARCHIVE) || name.endsWith(FOLDERS))) {
      throw new ExportException(
          file
              + (byName
                  ? ": weights of a model in HDF5 go back as OUT.h5, with no .weights before it"
                  : ": weights of a .keras archive go back as OUT.weights.h5 or OUT.keras"));
    }
    TrainedArrays arrays = new TrainedArrays(trained, source, size);
    ModelConfig model = ModelParser.parse(source.config(), source.version(), source.backend());
    Written written =
        source.weights() instanceof WeightStore.ByName store
            ? lists(file, source, store, model, arrays)
            : folders(file, source, (WeightStore.ByPath) source.weights(), model, arrays);
    return written;
  }

  private static void expectSome(Path file, boolean any) {
    if (!any) {
      throw new ExportException(
          file
              + ": the model has no weights of the original; name the file that it was trained from");
    }
  }

  /** A list for each layer of the outermost model. */
  private static Written lists(
      Path file,
      KerasFile source,
      WeightStore.ByName store,
      ModelConfig model,
      TrainedArrays trained) {
    Map<String, List<ArrayEntry>> layers = new LinkedHashMap<>();
    List<String> leftOut = new ArrayList<>();
    for (LayerConfig layer : model.layers()) {
      List<StoredArray> arrays = store.ofLayer(layer.name());
      if (arrays == null || arrays.isEmpty()) {
        continue;
      }
      if (arrays.stream().anyMatch(trained::isStale)) {
        leftOut.add(layer.name());
        continue;
      }
      List<ArrayEntry> entries = new ArrayList<>();
      for (StoredArray array : arrays) {
        String below = below(layer.name(), array.name());
        entries.add(new ArrayEntry(below, array.shape(), trained.values(array)));
      }
      layers.put(layer.name(), entries);
    }
    expectSome(file, !layers.isEmpty());
    Hdf5Writer.writeLists(file, layers, source.version(), source.backend());
    return new Written(
        List.copyOf(layers.keySet()),
        leftOut,
        loading(file, leftOut.isEmpty() ? "" : ", by_name=True"));
  }

  private static String loading(Path file, String how) {
    return "model.load_weights('" + file.getFileName() + "'" + how + ")";
  }

  /** The name of an array within the group of its layer. */
  private static String below(String layer, String path) {
    String group = "/" + layer + "/";
    return path.substring(path.indexOf(group) + group.length());
  }

  /** A folder for each layer, with whatever the original has there. */
  private static Written folders(
      Path file,
      KerasFile source,
      WeightStore.ByPath store,
      ModelConfig model,
      TrainedArrays trained) {
    ModelTree tree = new ModelTree(model);
    WeightAssignment assignment =
        new WeightAssignment(tree, store, new Mismatches(ReadAllowance.ofFile(0)));
    List<String> written = new ArrayList<>();
    List<String> leftOut = new ArrayList<>();
    Set<String> without = new LinkedHashSet<>();
    for (ModelTree.Leaf leaf : tree.leaves()) {
      LayerWeights weights = assignment.of(leaf.config());
      if (weights == null || weights.arrays().isEmpty()) {
        continue;
      }
      Map<String, StoredArray> arrays = weights.arrays();
      boolean stale = arrays.values().stream().anyMatch(trained::isStale);
      (stale ? leftOut : written).add(leaf.path());
      if (stale) {
        arrays.values().forEach(array -> without.add(array.name()));
      }
    }
    expectSome(file, !written.isEmpty());
    List<ArrayEntry> entries = new ArrayList<>();
    for (StoredArray array : store.all()) {
      if (!without.contains(array.name())) {
        entries.add(new ArrayEntry(array.name(), array.shape(), trained.values(array)));
      }
    }
    boolean isArchive = file.toString().toLowerCase(Locale.ROOT).endsWith(ARCHIVE);
    if (!isArchive) {
      Hdf5Writer.writeFolders(file, entries);
      return new Written(
          written, leftOut, loading(file, leftOut.isEmpty() ? "" : ", skip_mismatch=True"));
    }
    if (!leftOut.isEmpty()) {
      throw new ExportException(
          file
              + ": a whole model wants all of its layers, and "
              + String.join(", ", leftOut)
              + " the trained model does not have as the original has; write OUT.weights.h5");
    }
    ZippedModelWriter.write(file, source, entries);
    return new Written(written, leftOut, "keras.models.load_model('" + file.getFileName() + "')");
  }
}
