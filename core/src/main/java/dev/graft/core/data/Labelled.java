package dev.graft.core.data;

import java.util.List;

/** Items with classes, whatever they are. Safe for several threads. */
public interface Labelled {

  /** The label of an item whose class is not known. */
  int UNLABELLED = -1;

  /** Number of items. */
  int size();

  /** Names of the classes, in the order of their numbers. */
  List<String> classes();

  /** Number of the item's class, or {@link #UNLABELLED}. */
  int label(int index);

  /** What to call the item in a message, such as its file. */
  String name(int index);

  /** What such items are called in a message, in the plural. */
  String noun();

  /** Number of the items that are labelled with each class, by its number. */
  default int[] countsOfClasses() {
    int[] counts = new int[classes().size()];
    for (int i = 0; i < size(); i++) {
      if (label(i) != UNLABELLED) {
        counts[label(i)]++;
      }
    }
    return counts;
  }
}
