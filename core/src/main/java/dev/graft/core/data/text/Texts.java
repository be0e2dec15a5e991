package dev.graft.core.data.text;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.Split;
import dev.graft.core.data.Strata;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;

/** Texts with classes, before any tokenizer; the classes are in the order of their names. */
public final class Texts implements Labelled {

  private final List<LabelledText> items;
  private final List<String> classes;
  private final int[] labels;

  private Texts(List<LabelledText> items, List<String> classes) {
    this.items = List.copyOf(items);
    this.classes = classes;
    this.labels =
        items.stream().mapToInt(item -> Collections.binarySearch(classes, item.label())).toArray();
  }

  /**
   * Texts of all classes that they name.
   *
   * @throws DataException if there are none
   */
  public static Texts of(List<LabelledText> items) {
    if (items.isEmpty()) {
      throw new DataException("expected texts with classes, found none");
    }
    TreeSet<String> names = new TreeSet<>();
    items.forEach(item -> names.add(item.label()));
    return new Texts(items, List.copyOf(names));
  }

  /** What a text says. */
  public String text(int index) {
    return items.get(index).text();
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public String name(int index) {
    return items.get(index).place();
  }

  @Override
  public String noun() {
    return "texts";
  }

  /** Some of these texts, in the given order, with the same classes. */
  public Texts subset(int[] indices) {
    return new Texts(Arrays.stream(indices).mapToObj(items::get).toList(), classes);
  }

  /**
   * Holds out a share of every class to validate on.
   *
   * @param fraction in (0, 1)
   * @param seed of the choice
   * @throws DataException if there are fewer than two classes, or nothing is left to validate on
   */
  public Split<Texts> split(double fraction, long seed) {
    if (classes.size() < 2) {
      throw new DataException(
          "expected texts of at least two classes, found " + String.join(", ", classes));
    }
    Split<Texts> split = Strata.split(this, this::subset, fraction, seed);
    return new Split<>(split.training(), split.validation(), null, notes());
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>();
    long empty = items.stream().filter(item -> item.text().isBlank()).count();
    if (empty > 0) {
      notes.add(empty + " of the texts are empty, and count as they are");
    }
    int[] counts = countsOfClasses();
    long alone = Arrays.stream(counts).filter(count -> count == 1).count();
    if (alone > 0) {
      notes.add(
          alone
              + " classes have one text each, which is learnt from; nothing validates them, such as "
              + classes.get(first(counts)));
    }
    return notes;
  }

  private static int first(int[] counts) {
    int label = 0;
    while (counts[label] != 1) {
      label++;
    }
    return label;
  }
}
