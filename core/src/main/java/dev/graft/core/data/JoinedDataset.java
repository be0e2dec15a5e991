package dev.graft.core.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The fields of two data sets of the same items side by side, such as pictures and what a teacher
 * says of them.
 */
public final class JoinedDataset implements Dataset {

  private final Dataset first;
  private final Dataset second;

  /**
   * @throws DataException if they differ in size
   */
  public JoinedDataset(Dataset first, Dataset second) {
    if (first.size() != second.size()) {
      throw new DataException(
          "expected data sets of one size, found " + first.size() + " and " + second.size());
    }
    this.first = first;
    this.second = second;
  }

  @Override
  public int size() {
    return first.size();
  }

  @Override
  public List<Field> fields() {
    return both(first.fields(), second.fields());
  }

  @Override
  public List<float[]> read(int index, long variant) throws UnreadableException {
    return both(first.read(index, variant), second.read(index, variant));
  }

  private static <T> List<T> both(List<T> left, List<T> right) {
    List<T> all = new ArrayList<>(left);
    all.addAll(right);
    return all;
  }

  @Override
  public String name(int index) {
    return first.name(index);
  }
}
