package dev.graft.cli.demo;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.picture.Pictures;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Drawings as pictures with classes, as many of each thing, drawn once. */
final class Drawings implements Pictures {

  private final List<Thing> things;
  private final int each;
  private final long seed;
  private final AtomicReferenceArray<BufferedImage> drawn;

  /**
   * @param each drawings of every thing
   * @param seed of what they look like
   */
  Drawings(List<Thing> things, int each, long seed) {
    this.things = things;
    this.each = each;
    this.seed = seed;
    this.drawn = new AtomicReferenceArray<>(things.size() * each);
  }

  @Override
  public int size() {
    return drawn.length();
  }

  @Override
  public List<String> classes() {
    return things.stream().map(Thing::label).toList();
  }

  @Override
  public int label(int index) {
    return index / each;
  }

  @Override
  public String name(int index) {
    return things.get(label(index)).label() + "/" + index % each;
  }

  @Override
  public BufferedImage read(int index) {
    BufferedImage picture = drawn.get(index);
    if (picture == null) {
      picture = things.get(label(index)).draw(Rng.key(seed, index));
      drawn.set(index, picture);
    }
    return picture;
  }
}
