package dev.graft.core.data.picture;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Set;

/** A selection of other pictures, some of them with their labels hidden. */
record PictureSubset(Pictures all, int[] indices, Set<Integer> unlabelled) implements Pictures {

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public List<String> classes() {
    return all.classes();
  }

  @Override
  public int label(int index) {
    return unlabelled.contains(index) ? UNLABELLED : all.label(indices[index]);
  }

  @Override
  public String name(int index) {
    return all.name(indices[index]);
  }

  @Override
  public BufferedImage read(int index) {
    return all.read(indices[index]);
  }
}
