package dev.graft.core.op;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/** NumPy broadcasting: how an operand is read, and how a gradient is summed back to it. */
public final class Broadcasting {

  private Broadcasting() {}

  /** Strides that read {@code operand} as if it had shape {@code to}: 0 where it is repeated. */
  public static int[] strides(Shape operand, Shape to) {
    int[] own = operand.strides();
    if (operand.equals(to)) {
      return own;
    }
    int[] strides = new int[to.rank()];
    int lead = to.rank() - operand.rank();
    for (int axis = lead; axis < to.rank(); axis++) {
      strides[axis] = operand.size(axis - lead) == 1 ? 0 : own[axis - lead];
    }
    return strides;
  }

  /** {@code y = a ∘ b}, where y has the broadcast shape. */
  public static void binary(Backend backend, BinaryOp op, Tensor a, Tensor b, Tensor y) {
    Shape shape = y.shape();
    backend.binary(
        op,
        shape.toArray(),
        a.buffer(),
        strides(a.shape(), shape),
        b.buffer(),
        strides(b.shape(), shape),
        y.buffer());
  }

  /**
   * Sums {@code gradient}, which has a broadcast shape, over the repeated axes of {@code operand}.
   */
  public static void sumTo(Backend backend, Tensor gradient, Tensor operand) {
    Shape from = gradient.shape();
    Shape to = operand.shape();
    if (from.elements() == to.elements()) {
      backend.copy(from.elements(), gradient.buffer(), operand.buffer());
      return;
    }
    boolean[] reduced = new boolean[from.rank()];
    int lead = from.rank() - to.rank();
    for (int axis = 0; axis < from.rank(); axis++) {
      reduced[axis] = axis < lead || (to.size(axis - lead) == 1 && from.size(axis) != 1);
    }
    backend.reduce(ReduceOp.SUM, from.toArray(), reduced, gradient.buffer(), operand.buffer());
  }
}
