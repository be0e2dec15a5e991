package dev.graft.importers.keras;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.graph.ReadAllowance;
import dev.graft.importers.keras.container.KerasFile;
import dev.graft.importers.keras.container.StoredArray;
import dev.graft.importers.keras.container.WeightStore;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/** What the arrays of a Keras file hold after training, in the file's own order and shapes. */
final class TrainedArrays {

  private final Map<String, float[]> values = new HashMap<>();
  private final NavigableMap<Long, String> byNumber = new TreeMap<>();
  private final Set<String> stale = new HashSet<>();

  /**
   * @param trained a model that was read from the file and trained since
   * @param source the file
   * @param size of the file in bytes
   */
  TrainedArrays(Model trained, KerasFile source, long size) {
    WeightOrigins origins =
        new WeightOrigins(source.weights(), weights -> read(source, weights, size).weights());
    Model before = read(source, source.weights(), size);
    for (StoredArray array : origins.arrays().values()) {
      values.put(array.name(), array.contents().get());
      if (array.shape().elements() > 0) {
        byNumber.put(origins.first(array.name()), array.name());
      }
    }
    for (String name : before.weights().names()) {
      long[] numbers = origins.of(name);
      Tensor old = before.weights().get(name);
      if (numbers != null && comesFrom(old, numbers)) {
        Set<String> notRenewed = renew(old, trained, name, numbers);
        // What nobody trains may have been laid out anew, and is what it was.
        if (before.graph().role(name) != Role.CONSTANT) {
          stale.addAll(notRenewed);
        }
      }
    }
  }

  /** Whether the trained model has not what would renew an array. */
  boolean isStale(StoredArray array) {
    return stale.contains(array.name());
  }

  /** What an array holds now. */
  float[] values(StoredArray array) {
    float[] own = values.get(array.name());
    return own == null ? array.contents().get() : own;
  }

  /**
   * Puts trained values into the arrays; returns the arrays that the trained model cannot renew.
   */
  private Set<String> renew(Tensor old, Model trained, String name, long[] numbers) {
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

  /** Whether the numbers lead to the very values that the reader makes of the file. */
  private boolean comesFrom(Tensor tensor, long[] numbers) {
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
    return KerasReader.build(file, ReadAllowance.ofFile(size)).model();
  }
}
