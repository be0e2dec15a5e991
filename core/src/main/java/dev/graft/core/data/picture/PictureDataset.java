package dev.graft.core.data.picture;

import dev.graft.core.data.Dataset;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * Pictures as a network wants them: each item is its input, {@code [C,H,W]} or {@code [H,W,C]}, and
 * the number of its class, a scalar, {@link Pictures#UNLABELLED} where that is not known.
 */
public final class PictureDataset implements Dataset {

  private final Pictures pictures;
  private final Preprocessing preprocessing;
  private final Augment augment;
  private final List<Field> fields;

  /**
   * @param augment applied to every variant but 0
   * @param input name of the field with the picture
   * @param target name of the field with the class
   */
  public PictureDataset(
      Pictures pictures,
      Preprocessing preprocessing,
      Augment augment,
      String input,
      String target) {
    this.pictures = pictures;
    this.preprocessing = preprocessing;
    this.augment = augment;
    this.fields = List.of(new Field(input, preprocessing.item()), new Field(target, Shape.SCALAR));
  }

  @Override
  public int size() {
    return pictures.size();
  }

  @Override
  public List<Field> fields() {
    return fields;
  }

  @Override
  public int variants() {
    return augment.isActive() ? Integer.MAX_VALUE : 1;
  }

  @Override
  public List<float[]> read(int index, long variant) {
    float[] input = Preprocessor.apply(preprocessing, augment, variant, pictures.read(index));
    return List.of(input, new float[] {pictures.label(index)});
  }

  @Override
  public String name(int index) {
    return pictures.name(index);
  }
}
