package dev.graft.core.plan;

import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a plan, before it has memory: its shape, which others it shares storage with, and,
 * once the plan is made, where that storage lies. Slots that share form a class, which is told by
 * its root; lifetime and place are the root's.
 */
final class Slot {

  private final Shape shape;
  private final int elements;
  private final @Nullable String variable;
  private final @Nullable PackedKernel folded;
  private @Nullable Fact whole;
  private @Nullable Slot parent;
  private int first = Integer.MAX_VALUE;
  private int last = -1;
  private int chunk;
  private int offset;

  private Slot(
      Shape shape, int elements, @Nullable String variable, @Nullable PackedKernel folded) {
    this.shape = shape;
    this.elements = elements;
    this.variable = variable;
    this.folded = folded;
  }

  /** Something that is computed. */
  static Slot of(Shape shape) {
    return new Slot(shape, shape.elements(), null, null);
  }

  /**
   * An image {@code [N, C, H, W]} that lies in blocks of channels, the last one filled up.
   *
   * @param shape without the lanes that fill it up
   */
  static Slot blocked(Shape shape, int lanes) {
    return new Slot(shape, Math.toIntExact(blockedElements(shape, lanes)), null, null);
  }

  /** What an image takes in blocks of channels. */
  static long blockedElements(Shape shape, int lanes) {
    long blocks = ((long) shape.size(1) + lanes - 1) / lanes;
    return blocks * lanes * shape.size(0) * shape.size(2) * shape.size(3);
  }

  /** Whole numbers, which stay on the host: known already, or to be written before each pass. */
  static Slot whole(Fact fact) {
    Slot slot = of(fact.shape());
    slot.whole = fact;
    return slot;
  }

  /** What is known of whole numbers; null for floats. */
  @Nullable Fact whole() {
    return whole;
  }

  /** A stored tensor, which lives in {@link Variables}. */
  static Slot variable(String name, Shape shape) {
    return new Slot(shape, shape.elements(), name, null);
  }

  /** The bias of a convolution that took in what followed it. */
  static Slot folded(PackedKernel convolution, Shape shape) {
    return new Slot(shape, shape.elements(), null, convolution);
  }

  /** The same elements under another shape. */
  Slot view(Shape shape) {
    Slot view = of(shape);
    view.parent = root();
    return view;
  }

  /** Lets this slot, which is about to be written for the first time, share with one that ends. */
  void overwrite(Slot dying) {
    Slot own = root();
    Slot other = dying.root();
    own.parent = other;
    other.last = Math.max(other.last, own.last);
  }

  Slot root() {
    Slot root = this;
    for (Slot above = root.parent; above != null; above = root.parent) {
      // Each slot on the way skips one: long chains of in-place steps stay cheap to climb.
      if (above.parent != null) {
        root.parent = above.parent;
      }
      root = above;
    }
    return root;
  }

  Shape shape() {
    return shape;
  }

  /** Elements that it takes: those of its shape, or more where it lies in blocks. */
  int elements() {
    return elements;
  }

  /** Name of the stored tensor that this is (a view of); null for others. */
  @Nullable String variable() {
    return root().variable;
  }

  /** The convolution whose folded bias this is; null for others. */
  @Nullable PackedKernel folded() {
    return root().folded;
  }

  /** Whether the plan has to find a place for it. */
  boolean isPlaced() {
    return whole == null && variable() == null && folded() == null;
  }

  /** Notes that step {@code step} reads or writes it. */
  void touch(int step) {
    Slot root = root();
    root.first = Math.min(root.first, step);
    root.last = Math.max(root.last, step);
  }

  /** The first step that touches the class. */
  int first() {
    return root().first;
  }

  /** The last step that touches the class. */
  int last() {
    return root().last;
  }

  void place(int chunk, int offset) {
    this.chunk = chunk;
    this.offset = offset;
  }

  /** Which chunk of the arena holds the class. */
  int chunk() {
    return root().chunk;
  }

  /** Where in the chunk it starts, in elements. */
  int offset() {
    return root().offset;
  }
}
