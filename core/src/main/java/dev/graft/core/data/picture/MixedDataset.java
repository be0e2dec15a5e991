package dev.graft.core.data.picture;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Pictures mixed with one another, and their targets as distributions {@code [K]} over the classes:
 * zeros where a picture has no label. Variant 0 is a picture as it is, and so is one whose partner
 * cannot be read. Two data sets of the same pictures in the same order mix the same ones in the
 * same way, at whatever size each wants them.
 */
public final class MixedDataset implements Dataset {

  private final Dataset source;
  private final @Nullable Mix mix;
  private final Mix.Layout layout;
  private final int classes;
  private final List<Field> fields;

  /**
   * @param source items of a picture and the number of its class, as {@link PictureDataset} has
   *     them
   * @param preprocessing says where the pixels lie
   * @param mix null to mix nothing: targets are distributions all the same
   */
  public MixedDataset(
      PictureDataset source, Preprocessing preprocessing, int classes, @Nullable Mix mix) {
    this.source = source;
    this.mix = mix;
    this.classes = classes;
    boolean isFirst = preprocessing.layout() == Preprocessing.Layout.CHANNELS_FIRST;
    this.layout =
        new Mix.Layout(
            preprocessing.height(),
            preprocessing.width(),
            isFirst ? 1 : preprocessing.channels().count());
    Field target = source.fields().get(1);
    this.fields = List.of(source.fields().get(0), new Field(target.name(), Shape.of(classes)));
  }

  @Override
  public int size() {
    return source.size();
  }

  @Override
  public List<Field> fields() {
    return fields;
  }

  @Override
  public int variants() {
    return mix == null ? source.variants() : Integer.MAX_VALUE;
  }

  @Override
  public List<float[]> read(int index, long variant) {
    List<float[]> own = source.read(index, plain(variant));
    float[] picture = own.get(0);
    float[] target = distribution(own, 1);
    if (mix == null || variant == 0) {
      return List.of(picture, target);
    }
    int partner = Rng.below(Rng.key(variant, "partner"), 0, size());
    List<float[]> other;
    try {
      other = source.read(partner, plain(Rng.key(variant, "of the partner")));
    } catch (UnreadableException e) {
      // Whoever comes to that picture itself will say so.
      return List.of(picture, target);
    }
    double share = mix.share(Rng.key(variant, "share"));
    double left = mix.apply(picture, other.get(0), layout, share, Rng.key(variant, "place"));
    float[] mixed = distribution(own, left);
    float[] rest = distribution(other, 1 - left);
    for (int k = 0; k < classes; k++) {
      mixed[k] += rest[k];
    }
    return List.of(picture, mixed);
  }

  /** The variant of a source that may have none. */
  private long plain(long variant) {
    return source.variants() == 1 ? 0 : variant;
  }

  private float[] distribution(List<float[]> item, double share) {
    float[] distribution = new float[classes];
    int label = (int) item.get(1)[0];
    if (label >= 0) {
      distribution[label] = (float) share;
    }
    return distribution;
  }

  @Override
  public String name(int index) {
    return source.name(index);
  }
}
