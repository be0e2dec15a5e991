package dev.graft.core.data.picture;

import dev.graft.core.data.UnreadableException;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Pictures with classes, before any preprocessing. Safe for several threads. */
public interface Pictures {

  /** The label of a picture whose class is not known. */
  int UNLABELLED = -1;

  /** Number of pictures. */
  int size();

  /** Names of the classes, in the order of their numbers. */
  List<String> classes();

  /** Number of the picture's class, or {@link #UNLABELLED}. */
  int label(int index);

  /** Number of the pictures that are labelled with each class, by its number. */
  default int[] countsOfClasses() {
    int[] counts = new int[classes().size()];
    for (int i = 0; i < size(); i++) {
      if (label(i) != UNLABELLED) {
        counts[label(i)]++;
      }
    }
    return counts;
  }

  /** What to call the picture in a message, such as its file. */
  String name(int index);

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
