package dev.graft.core.data;

import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures whose classes are a part of a longer list, numbered by that list. */
record Renumbered(Pictures pictures, List<String> classes) implements Pictures {

  @Override
  public int size() {
    return pictures.size();
  }

  @Override
  public int label(int index) {
    int own = pictures.label(index);
    return own == UNLABELLED ? own : classes.indexOf(pictures.classes().get(own));
  }

  @Override
  public String name(int index) {
    return pictures.name(index);
  }

  @Override
  public BufferedImage read(int index) throws UnreadableException {
    return pictures.read(index);
  }
}
