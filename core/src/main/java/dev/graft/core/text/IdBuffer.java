package dev.graft.core.text;

import java.util.Arrays;

/** Token ids as they are found. */
public final class IdBuffer {

  private int[] ids = new int[32];
  private int size;

  /** Appends an id. */
  public void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
  }

  /** Number of ids. */
  public int size() {
    return size;
  }

  /** Forgets all behind the first {@code size} ids. */
  public void truncate(int size) {
    this.size = Math.min(this.size, size);
  }

  /** A copy of the ids. */
  public int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
