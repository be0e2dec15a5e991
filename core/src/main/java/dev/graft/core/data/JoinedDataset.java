package dev.graft.core.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The fields of several data sets of the same items side by side, such as pictures and what a
 * teacher says of them. An item is readable if it is in all of them.
 */
public final class JoinedDataset implements Dataset {

  private final List<Dataset> parts;
  private final List<Field> fields = new ArrayList<>();

  /**
   * @param parts at least one; the first names the items
   * @throws DataException if they differ in size, or two fields have one name
   */
  public JoinedDataset(Dataset... parts) {
    this.parts = List.of(parts);
    Set<String> names = new HashSet<>();
    for (Dataset part : parts) {
      if (part.size() != size()) {
        throw new DataException(
            "expected data sets of one size, found " + size() + " and " + part.size());
      }
      for (Field field : part.fields()) {
        if (!names.add(field.name())) {
          throw new DataException("two of the data sets have a field " + field.name());
        }
        fields.add(field);
      }
    }
  }

  @Override
  public int size() {
    return parts.get(0).size();
  }

  @Override
  public List<Field> fields() {
    return List.copyOf(fields);
  }

  /** Those of the parts that vary, which show the same variant. */
  @Override
  public int variants() {
    return parts.stream().mapToInt(Dataset::variants).filter(n -> n > 1).min().orElse(1);
  }

  /** The first part's. */
  @Override
  public String noun() {
    return parts.get(0).noun();
  }

  /** The first part's. */
  @Override
  public int[] cheapestOrder() {
    return parts.get(0).cheapestOrder();
  }

  @Override
  public List<float[]> read(int index, long variant) {
    List<float[]> item = new ArrayList<>(fields.size());
    for (Dataset part : parts) {
      item.addAll(part.read(index, variant));
    }
    return item;
  }

  @Override
  public String name(int index) {
    return parts.get(0).name(index);
  }
}
