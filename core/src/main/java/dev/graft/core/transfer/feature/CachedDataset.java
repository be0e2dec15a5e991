package dev.graft.core.transfer.feature;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.train.Variants;
import java.util.ArrayList;
import java.util.List;

/**
 * What a frozen network made of the items of another data set. The items keep their numbers, so
 * that whoever trains on them meets them in the same order: one that could not be read cannot be
 * read here either.
 */
final class CachedDataset implements Dataset {

  private final Dataset source;
  private final List<Field> fields;
  private final Variants variants;
  private final List<List<List<float[]>>> items = new ArrayList<>();

  CachedDataset(Dataset source, List<Field> fields, Variants variants) {
    this.source = source;
    this.fields = List.copyOf(fields);
    this.variants = variants;
    for (int i = 0; i < source.size(); i++) {
      items.add(new ArrayList<>(variants.count()));
    }
  }

  /** Adds an item's next variant. */
  void put(int index, int turn, List<float[]> item) {
    List<List<float[]>> turns = items.get(index);
    if (turns.size() != turn) {
      throw new IllegalStateException(name(index) + ": variant " + turns.size() + " is missing");
    }
    turns.add(item);
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
    return variants.count();
  }

  /** Variant 0, which would be the item as it is, is the first that was cached. */
  @Override
  public List<float[]> read(int index, long variant) {
    List<List<float[]>> turns = items.get(index);
    for (int turn = 0; turn < turns.size(); turn++) {
      if (variant == 0 || variants.of(turn, index) == variant) {
        return turns.get(turn);
      }
    }
    if (turns.isEmpty()) {
      throw new UnreadableException("could not be read");
    }
    throw new IllegalArgumentException(name(index) + ": this variant is not cached");
  }

  @Override
  public String name(int index) {
    return source.name(index);
  }
}
