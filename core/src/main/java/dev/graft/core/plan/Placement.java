package dev.graft.core.plan;

import dev.graft.core.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds a place for every slot, so that slots that live at the same time do not overlap: the
 * largest first, each into the narrowest gap that the lifetimes leave it (Pisarchyk and Lee,
 * "Efficient Memory Management for Deep Neural Net Inference", 2020, section 5.2).
 */
final class Placement {

  /** The steps are cut into so many spans, so that a slot is held only against its neighbours. */
  private static final int SPANS = 128;

  private final int capacity;
  private final int span;
  private final List<Chunk> chunks = new ArrayList<>();

  /** What is placed in one chunk: all of it, and what lives in each span; by ascending offset. */
  private static final class Chunk {
    private final List<Slot> all = new ArrayList<>();
    private final List<List<Slot>> spans = new ArrayList<>();
    private long end;

    Chunk() {
      for (int i = 0; i < SPANS; i++) {
        spans.add(new ArrayList<>());
      }
    }
  }

  private Placement(int capacity, int steps) {
    this.capacity = capacity;
    this.span = steps / SPANS + 1;
  }

  /**
   * Places the slots, each the root of its class.
   *
   * @param capacity the most elements in a chunk
   * @return elements of each chunk
   * @throws ShapeException if a slot is larger than a chunk can be
   */
  static int[] of(List<Slot> roots, int capacity) {
    int steps = roots.stream().mapToInt(Slot::last).max().orElse(0);
    Placement placement = new Placement(capacity, steps);
    List<Slot> largestFirst = new ArrayList<>(roots);
    largestFirst.sort(Comparator.comparingInt(Slot::elements).reversed());
    largestFirst.forEach(placement::place);
    return placement.chunks.stream().mapToInt(chunk -> (int) chunk.end).toArray();
  }

  private void place(Slot slot) {
    long size = Arena.aligned(slot.elements());
    if (size > capacity) {
      throw new ShapeException(
          slot.shape()
              + " has "
              + slot.elements()
              + " elements, the backend holds at most "
              + capacity
              + " in one piece; use a smaller batch or image");
    }
    for (int i = 0; i < chunks.size(); i++) {
      long offset = offset(chunks.get(i), slot, size);
      if (offset >= 0) {
        put(i, slot, offset, size);
        return;
      }
    }
    chunks.add(new Chunk());
    put(chunks.size() - 1, slot, 0, size);
  }

  private void put(int index, Slot slot, long offset, long size) {
    Chunk chunk = chunks.get(index);
    slot.place(index, (int) offset);
    insert(chunk.all, slot);
    for (int i = slot.first() / span; i <= slot.last() / span; i++) {
      insert(chunk.spans.get(i), slot);
    }
    chunk.end = Math.max(chunk.end, offset + size);
  }

  private static void insert(List<Slot> placed, Slot slot) {
    int from = 0;
    int to = placed.size();
    while (from < to) {
      int middle = (from + to) / 2;
      if (placed.get(middle).offset() <= slot.offset()) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    placed.add(from, slot);
  }

  /** Start of the narrowest gap that holds the slot, or of the free end; -1 if it does not fit. */
  private long offset(Chunk chunk, Slot slot, long size) {
    int own = slot.first() / span;
    List<Slot> neighbours = own == slot.last() / span ? chunk.spans.get(own) : chunk.all;
    long best = -1;
    long narrowest = Long.MAX_VALUE;
    long free = 0;
    for (Slot other : neighbours) {
      if (other.last() < slot.first() || slot.last() < other.first()) {
        continue;
      }
      long gap = other.offset() - free;
      if (gap >= size && gap < narrowest) {
        narrowest = gap;
        best = free;
      }
      free = Math.max(free, other.offset() + Arena.aligned(other.elements()));
    }
    if (best >= 0) {
      return best;
    }
    return free + size <= capacity ? free : -1;
  }
}
