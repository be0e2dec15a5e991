package dev.graft.core.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The items of a data set that could not be read, and when they are too many: more than a tenth of
 * all that is counted together, or every single one. What a run learns from and what it measures on
 * are counted together: one broken file among the few to measure on ends nothing. A file met in
 * several passes, phases and caches counts once.
 */
public final class Unreadable {

  private final Dataset dataset;
  private final List<Unreadable> together;
  private final SortedMap<Integer, String> causes = new TreeMap<>();

  private Unreadable(Dataset dataset, List<Unreadable> together) {
    this.dataset = dataset;
    this.together = together;
  }

  /** A data set that is counted alone. */
  public static Unreadable of(Dataset dataset) {
    return together(dataset)[0];
  }

  /** Both parts of a split, counted together. */
  public static Split<Unreadable> of(Split<Dataset> data) {
    Unreadable[] parts = together(data.training(), data.validation());
    return new Split<>(parts[0], parts[1]);
  }

  private static Unreadable[] together(Dataset... datasets) {
    Unreadable[] parts = new Unreadable[datasets.length];
    List<Unreadable> all = Arrays.asList(parts);
    Arrays.setAll(parts, i -> new Unreadable(datasets[i], all));
    return parts;
  }

  /** How many items. */
  public synchronized int count() {
    return causes.size();
  }

  /** Name and cause of every item, by name. */
  public synchronized SortedMap<String, String> named() {
    SortedMap<String, String> named = new TreeMap<>();
    causes.forEach((index, cause) -> named.put(dataset.name(index), cause));
    return named;
  }

  /** Whether an item is known to be unreadable. */
  synchronized boolean contains(int index) {
    return causes.containsKey(index);
  }

  /**
   * Takes note of items, by index, and of the cause of each.
   *
   * @throws DataException if there are now too many
   */
  void add(Map<Integer, String> failures) {
    if (failures.isEmpty()) {
      return;
    }
    synchronized (this) {
      failures.forEach(causes::putIfAbsent);
    }
    int found = together.stream().mapToInt(Unreadable::count).sum();
    long all = together.stream().mapToLong(part -> part.dataset.size()).sum();
    String first =
        together.stream().filter(part -> part.count() > 0).findFirst().orElse(this).first();
    if (found > all / 10.0) {
      throw new DataException(
          found + " of " + all + " pictures could not be read, more than a tenth; " + first);
    }
    if (count() == dataset.size()) {
      throw new DataException("none of " + count() + " pictures could be read; " + first());
    }
  }

  private synchronized String first() {
    int index = causes.firstKey();
    return "the first: " + dataset.name(index) + " " + causes.get(index);
  }
}
