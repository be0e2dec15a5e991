package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures of the same classes from two places, one behind the other. */
public record JoinedPictures(Pictures first, Pictures second) implements Pictures {

  /**
   * @throws DataException if their classes differ
   */
  public JoinedPictures {
    if (!first.classes().equals(second.classes())) {
      throw new DataException(
          "expected pictures of the same classes, found "
              + first.classes()
              + " and "
              + second.classes());
    }
  }

  @Override
  public int size() {
    return first.size() + second.size();
  }

  @Override
  public List<String> classes() {
    return first.classes();
  }

  @Override
  public int label(int index) {
    return index < first.size() ? first.label(index) : second.label(index - first.size());
  }

  @Override
  public String name(int index) {
    return index < first.size() ? first.name(index) : second.name(index - first.size());
  }

  @Override
  public BufferedImage read(int index) {
    return index < first.size() ? first.read(index) : second.read(index - first.size());
  }
}
