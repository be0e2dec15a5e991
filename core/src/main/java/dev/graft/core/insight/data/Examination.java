package dev.graft.core.insight.data;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.Look;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Pictures as a network wants them, each looked at while it is decoded. One that cannot be read is
 * noted and handed out as zeros: here it is what is looked for, however many there are.
 */
final class Examination implements Dataset {

  private final Pictures pictures;
  private final String input;
  private final @Nullable Preprocessing preprocessing;
  private final List<@Nullable Look> looks;
  private final SortedMap<Integer, String> unreadable =
      Collections.synchronizedSortedMap(new TreeMap<>());

  /**
   * @param input name of the field with the picture
   * @param preprocessing what becomes of a picture; null for nothing at all
   */
  Examination(Pictures pictures, String input, @Nullable Preprocessing preprocessing) {
    this.pictures = pictures;
    this.input = input;
    this.preprocessing = preprocessing;
    this.looks = new ArrayList<>(Collections.nCopies(pictures.size(), null));
  }

  /** What was seen of each picture that was read; null elsewhere. */
  List<@Nullable Look> looks() {
    synchronized (looks) {
      return Collections.unmodifiableList(new ArrayList<>(looks));
    }
  }

  /** Why a picture cannot be read, by its number. */
  SortedMap<Integer, String> unreadable() {
    synchronized (unreadable) {
      return new TreeMap<>(unreadable);
    }
  }

  @Override
  public int size() {
    return pictures.size();
  }

  @Override
  public List<Field> fields() {
    return List.of(new Field(input, preprocessing == null ? Shape.SCALAR : preprocessing.item()));
  }

  @Override
  public List<float[]> read(int index, long variant) {
    try {
      BufferedImage picture = pictures.read(index);
      Look look = Look.of(picture);
      synchronized (looks) {
        looks.set(index, look);
      }
      return List.of(
          preprocessing == null ? new float[1] : Preprocessor.apply(preprocessing, picture));
    } catch (UnreadableException e) {
      unreadable.put(index, e.getMessage());
      return List.of(new float[fields().get(0).item().elements()]);
    }
  }

  @Override
  public String name(int index) {
    return pictures.name(index);
  }
}
