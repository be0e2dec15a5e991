package dev.graft.core.data.picture;

import dev.graft.core.data.Dataset;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * Pictures as a network wants them: each item is its input {@code [C,H,W]} and its target {@code
 * [K]}, 1 at the class and 0 elsewhere, or all zeros where it is not labelled.
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
    Shape item =
        Shape.of(preprocessing.channels().count(), preprocessing.height(), preprocessing.width());
    this.fields =
        List.of(new Field(input, item), new Field(target, Shape.of(pictures.classes().size())));
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
  public List<float[]> read(int index, long variant) {
    float[] target = new float[fields.get(1).item().elements()];
    int label = pictures.label(index);
    if (label != Pictures.UNLABELLED) {
      target[label] = 1;
    }
    float[] input = Preprocessor.apply(preprocessing, augment, variant, pictures.read(index));
    return List.of(input, target);
  }

  @Override
  public String name(int index) {
    return pictures.name(index);
  }
}
