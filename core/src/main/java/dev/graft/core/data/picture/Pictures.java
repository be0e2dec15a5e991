package dev.graft.core.data.picture;

import dev.graft.core.data.Labelled;
import dev.graft.core.data.UnreadableException;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** Pictures with classes, before any preprocessing. Safe for several threads. */
public interface Pictures extends Labelled {

  @Override
  default String noun() {
    return "pictures";
  }

  /**
   * Decodes a picture, turned upright.
   *
   * @throws UnreadableException if it cannot be read
   */
  BufferedImage read(int index);

  /** Some of these pictures, in the given order. */
  default Pictures subset(int[] indices) {
    return new PictureSubset(this, indices.clone(), Set.of());
  }

  /** The same pictures, those at {@code indices} without their labels. */
  default Pictures withoutLabels(int[] indices) {
    Set<Integer> unlabelled = new HashSet<>();
    for (int index : indices) {
      unlabelled.add(index);
    }
    return new PictureSubset(this, IntStream.range(0, size()).toArray(), unlabelled);
  }
}
