package dev.graft.importers.keras;

import dev.graft.core.graph.Weights;
import dev.graft.importers.keras.container.StoredArray;
import dev.graft.importers.keras.container.WeightStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From which element of a file's arrays each element of a model's weights comes. The reader itself
 * says it: it is given a file whose arrays hold the numbers of their own elements, digit by digit,
 * since a float counts no further than 2^24. Whatever turns, splits or joins arrays is undone so,
 * and no layer needs to know how it is written. What is computed from several elements, as a
 * deviation is, has no origin: it is not trained either.
 */
final class WeightOrigins {

  /** The number of an element that comes from nowhere. */
  static final long NONE = 0;

  /** A digit that every float holds, also after a sum with another. */
  private static final int BASE = 1 << 12;

  /** Elements up to {@code 2^36}, more than an array holds. */
  private static final int DIGITS = 3;

  private final Map<String, Long> first = new HashMap<>();
  private final Map<String, StoredArray> arrays = new LinkedHashMap<>();
  private final List<Weights> digits = new ArrayList<>();

  /** The number 0 is that of zeros which the reader puts beside what it reads. */
  private long count = NONE + 1;

  /**
   * @param reading what the reader makes of the weights of a file
   */
  WeightOrigins(WeightStore store, Function<WeightStore, Weights> reading) {
    for (int digit = 0; digit < DIGITS; digit++) {
      digits.add(reading.apply(numbered(store, digit)));
    }
  }

  private WeightStore numbered(WeightStore store, int digit) {
    if (store instanceof WeightStore.ByName names) {
      return (WeightStore.ByName)
          layer -> {
            List<StoredArray> found = names.ofLayer(layer);
            return found == null ? null : numbered(found, digit);
          };
    }
    if (store instanceof WeightStore.ByPath paths) {
      return new WeightStore.ByPath() {
        @Override
        public List<StoredArray> at(String path) {
          return numbered(paths.at(path), digit);
        }

        @Override
        public boolean has(String path) {
          return paths.has(path);
        }

        @Override
        public List<StoredArray> all() {
          return numbered(paths.all(), digit);
        }
      };
    }
    return (WeightStore.ByWeight) () -> numbered(((WeightStore.ByWeight) store).all(), digit);
  }

  private List<StoredArray> numbered(List<StoredArray> found, int digit) {
    return found.stream().map(array -> numbered(array, digit)).toList();
  }

  private StoredArray numbered(StoredArray array, int digit) {
    int elements = array.shape().elements();
    arrays.put(array.name(), array);
    long from =
        first.computeIfAbsent(
            array.name(),
            name -> {
              count += elements;
              return count - elements;
            });
    return new StoredArray(
        array.name(),
        array.shape(),
        () -> {
          float[] numbers = new float[elements];
          for (int i = 0; i < elements; i++) {
            long number = from + i;
            for (int d = 0; d < digit; d++) {
              number /= BASE;
            }
            numbers[i] = number % BASE;
          }
          return numbers;
        });
  }

  /** All arrays that the reader asked for. */
  Map<String, StoredArray> arrays() {
    return arrays;
  }

  /** The number of the first element of an array. */
  long first(String array) {
    return first.get(array);
  }

  /**
   * The numbers of the elements of a stored tensor, {@link #NONE} for a zero beside them; null
   * where they are no elements of the file.
   */
  long @Nullable [] of(String stored) {
    float[][] parts = digits.stream().map(w -> w.get(stored).toArray()).toArray(float[][]::new);
    long[] numbers = new long[parts[0].length];
    for (int i = 0; i < numbers.length; i++) {
      for (int digit = DIGITS - 1; digit >= 0; digit--) {
        float part = parts[digit][i];
        if (!(part >= 0 && part < BASE && part == (int) part)) {
          return null;
        }
        numbers[i] = numbers[i] * BASE + (long) part;
      }
      if (numbers[i] >= count) {
        return null;
      }
    }
    return numbers;
  }
}
