package dev.graft.core.data;

import java.util.List;
import java.util.function.IntFunction;

/**
 * Items that are in memory already.
 *
 * @param fields what every item consists of
 * @param items one array for each field of each item
 * @param names what to call an item
 */
public record TensorDataset(
    List<Field> fields, List<List<float[]>> items, IntFunction<String> names) implements Dataset {

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public List<float[]> read(int index, long variant) {
    return items.get(index);
  }

  @Override
  public String name(int index) {
    return names.apply(index);
  }
}
