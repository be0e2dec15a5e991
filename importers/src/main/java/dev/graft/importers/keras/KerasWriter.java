package dev.graft.importers.keras;

import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.keras.config.LayerConfig;
import dev.graft.importers.keras.config.ModelParser;
import dev.graft.importers.keras.container.Hdf5Writer;
import dev.graft.importers.keras.container.KerasFile;
import dev.graft.importers.keras.container.KerasFiles;
import dev.graft.importers.keras.container.StoredArray;
import dev.graft.importers.keras.container.WeightStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Writes the weights of a trained model in the order of the Keras file that it came from, so that
 * Keras loads them into the original architecture: {@code model.load_weights("trained.h5")}.
 */
public final class KerasWriter {

  private KerasWriter() {}

  /**
   * What was written.
   *
   * @param written layers that hold the trained weights
   * @param leftOut layers that the trained model has no more, or of other sizes, such as a head
   *     that was replaced; to be loaded without them: {@code model.load_weights(FILE,
   *     by_name=True)}
   */
  public record Written(List<String> written, List<String> leftOut) {}

  /**
   * Writes a file.
   *
   * @param trained a model that was read from {@code original} and trained since, in whichever
   *     format it was kept
   * @param original a whole Keras model in HDF5
   * @param file to be written, whole or not at all
   * @throws ImportException if the original cannot be read
   * @throws ExportException if the two have nothing in common, or the file cannot be written
   */
  public static Written write(Model trained, Path original, Path file) {
    try {
      expectHdf5(original);
      long size = Files.size(original);
      return KerasFiles.readHdf5(
          original, ReadAllowance.ofFile(size), source -> write(trained, source, size, file));
    } catch (IOException e) {
      throw ImportException.unreadable(original, e);
    } catch (ImportException e) {
      throw new ImportException(original + ": " + e.getMessage(), e);
    }
  }

  private static void expectHdf5(Path original) throws IOException {
    try (InputStream in = Files.newInputStream(original)) {
      if (!KerasFiles.isHdf5(in.readNBytes(8))) {
        throw new ImportException(
            "is no Keras model in HDF5, whose order the weights could follow; save the original with"
                + " model.save('original.h5')");
      }
    }
  }

  private static Written write(Model trained, KerasFile source, long size, Path file) {
    if (!(source.weights() instanceof WeightStore.ByName store)) {
      throw new ImportException("is no HDF5 model; save the original with model.save('model.h5')");
    }
    WeightOrigins origins =
        new WeightOrigins(store, weights -> read(source, weights, size).weights());
    Model before = read(source, store, size);
    Map<String, float[]> values = new HashMap<>();
    NavigableMap<Long, String> byNumber = new TreeMap<>();
    for (StoredArray array : origins.arrays().values()) {
      values.put(array.name(), array.contents().get());
      if (array.shape().elements() > 0) {
        byNumber.put(origins.first(array.name()), array.name());
      }
    }
    Set<String> stale = new HashSet<>();
    for (String name : before.weights().names()) {
      long[] numbers = origins.of(name);
      Tensor old = before.weights().get(name);
      if (numbers != null && comesFrom(old, numbers, byNumber, values)) {
        stale.addAll(renew(old, trained, name, numbers, byNumber, values));
      }
    }
    return write(file, source, store, values, stale);
  }

  /**
   * Puts trained values into the arrays; returns the arrays that the trained model cannot renew.
   */
  private static Set<String> renew(
      Tensor old,
      Model trained,
      String name,
      long[] numbers,
      NavigableMap<Long, String> byNumber,
      Map<String, float[]> values) {
    Set<String> of = new HashSet<>();
    boolean same =
        trained.weights().contains(name) && trained.weights().get(name).shape().equals(old.shape());
    float[] now = same ? trained.weights().get(name).toArray() : new float[0];
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] == WeightOrigins.NONE) {
        // A zero that was trained has no place in the file.
        same &= now.length > 0 && now[i] == 0;
        continue;
      }
      Map.Entry<Long, String> array = byNumber.floorEntry(numbers[i]);
      of.add(array.getValue());
      if (now.length > 0) {
        values.get(array.getValue())[(int) (numbers[i] - array.getKey())] = now[i];
      }
    }
    return same ? Set.of() : of;
  }

  private static Written write(
      Path file,
      KerasFile source,
      WeightStore.ByName store,
      Map<String, float[]> values,
      Set<String> stale) {
    Map<String, List<Hdf5Writer.Entry>> layers = new LinkedHashMap<>();
    List<String> leftOut = new ArrayList<>();
    for (LayerConfig layer :
        ModelParser.parse(source.config(), source.version(), source.backend()).layers()) {
      List<StoredArray> arrays = store.ofLayer(layer.name());
      if (arrays == null || arrays.isEmpty()) {
        continue;
      }
      if (arrays.stream().anyMatch(array -> stale.contains(array.name()))) {
        leftOut.add(layer.name());
        continue;
      }
      List<Hdf5Writer.Entry> entries = new ArrayList<>();
      for (StoredArray array : arrays) {
        float[] own = values.get(array.name());
        entries.add(
            new Hdf5Writer.Entry(
                below(layer.name(), array.name()),
                array.shape(),
                own == null ? array.contents().get() : own));
      }
      layers.put(layer.name(), entries);
    }
    if (layers.isEmpty()) {
      throw new ExportException(
          file
              + ": the model has no weights of the original; name the file that it was trained from");
    }
    Hdf5Writer.write(file, layers, source.version(), source.backend());
    return new Written(List.copyOf(layers.keySet()), leftOut);
  }

  /** The name of an array within the group of its layer. */
  private static String below(String layer, String path) {
    String group = "/" + layer + "/";
    return path.substring(path.indexOf(group) + group.length());
  }

  /** Whether the numbers lead to the very values that the reader makes of the file. */
  private static boolean comesFrom(
      Tensor tensor,
      long[] numbers,
      NavigableMap<Long, String> byNumber,
      Map<String, float[]> values) {
    float[] stored = tensor.toArray();
    for (int i = 0; i < stored.length; i++) {
      if (numbers[i] == WeightOrigins.NONE) {
        if (stored[i] != 0) {
          return false;
        }
        continue;
      }
      Map.Entry<Long, String> array = byNumber.floorEntry(numbers[i]);
      float value = values.get(array.getValue())[(int) (numbers[i] - array.getKey())];
      if (Float.floatToRawIntBits(value) != Float.floatToRawIntBits(stored[i])) {
        return false;
      }
    }
    return true;
  }

  private static Model read(KerasFile source, WeightStore weights, long size) {
    KerasFile file =
        new KerasFile(
            source.format(), source.config(), source.version(), source.backend(), weights);
    ImportedModel imported = KerasReader.build(file, ReadAllowance.ofFile(size));
    return imported.model();
  }
}
