package dev.graft.core.op.reduction;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.core.backend.UnaryOp;
import dev.graft.core.op.Backward;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/** The mean over some axes and its gradient. */
public final class Means {

  private Means() {}

  public static void forward(Backend backend, boolean[] reduced, Tensor x, Tensor y) {
    backend.reduce(ReduceOp.MEAN, x.shape().toArray(), reduced, x.buffer(), y.buffer());
  }

  /** {@code dx = dy / count}, repeated along the reduced axes. Takes a temporary of dy's shape. */
  public static void backward(Backward call, boolean[] reduced) {
    Backend backend = call.backend();
    Tensor dy = call.outputGradient();
    Tensor dx = call.gradient(0);
    Shape shape = dx.shape();
    int[] strides = new int[shape.rank()];
    int stride = 1;
    int count = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (reduced[axis]) {
        count *= shape.size(axis);
      } else {
        strides[axis] = stride;
        stride *= shape.size(axis);
      }
    }
    int n = dy.shape().elements();
    Buffer scaled = call.temporary(0).buffer();
    backend.unary(UnaryOp.AFFINE, 1.0 / count, 0, n, dy.buffer(), scaled);
    backend.copy(shape.toArray(), scaled, 0, strides, 0, shape.strides(), dx.buffer());
  }
}
