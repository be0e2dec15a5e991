package dev.graft.core.data;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Items that consist of named float tensors: what batches are made of. Safe for several threads.
 */
public interface Dataset {

  /**
   * A part of every item.
   *
   * @param name of the graph input it feeds
   * @param type what it is fed as; whole numbers are read as floats, exactly up to 2^24
   * @param item its shape, without a batch axis; its only size may be open, and then is that of the
   *     longest item of a batch
   * @param filling what shorter items are filled up with at their end
   */
  record Field(String name, ElementType type, Shape item, float filling) {

    /** A field of items of one shape. */
    public Field(String name, ElementType type, Shape item) {
      this(name, type, item, 0);
    }

    /** A field of floats. */
    public Field(String name, Shape item) {
      this(name, ElementType.FLOAT32, item);
    }
  }

  /** Number of items. */
  int size();

  /** What every item consists of. */
  List<Field> fields();

  /** The shapes of a batch of any number of items, by field: its number of items is open. */
  default Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    fields().forEach(f -> shapes.put(f.name(), InputSpec.batched(f.name(), f.item()).shape()));
    return shapes;
  }

  /**
   * How many variants of an item differ: 1 where nothing is augmented, {@link Integer#MAX_VALUE}
   * where any number picks another.
   */
  default int variants() {
    return 1;
  }

  /** What an item is called in a message. */
  default String noun() {
    return "picture";
  }

  /**
   * All items in the order in which a pass over them costs least where the order does not matter:
   * texts by their length, so that those of a batch need little filling.
   */
  default int[] cheapestOrder() {
    int[] order = new int[size()];
    Arrays.setAll(order, i -> i);
    return order;
  }

  /**
   * Reads an item.
   *
   * @param variant picks the augmentation; 0 is none
   * @return one array for each field, in order
   * @throws UnreadableException if this item cannot be read
   */
  List<float[]> read(int index, long variant);

  /** What to call an item in a message, such as its file. */
  String name(int index);
}
