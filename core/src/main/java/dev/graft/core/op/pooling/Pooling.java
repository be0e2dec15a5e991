package dev.graft.core.op.pooling;

import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.Arrays;

/** From a {@link Window} and an input shape to the sizes the pooling kernels want. */
final class Pooling {

  private Pooling() {}

  static PoolGeometry geometry(Window window, Shape x, boolean countIncludePad) {
    Window.Extent vertical = window.vertical(x);
    Window.Extent horizontal = window.horizontal(x);
    return new PoolGeometry(
        x.size(0) * x.size(1),
        vertical.in(),
        horizontal.in(),
        vertical.out(),
        horizontal.out(),
        window.kernelHeight(),
        window.kernelWidth(),
        vertical.stride(),
        horizontal.stride(),
        vertical.dilation(),
        horizontal.dilation(),
        vertical.padBegin(),
        horizontal.padBegin(),
        vertical.padEnd(),
        horizontal.padEnd(),
        countIncludePad);
  }

  /** One window over the whole of each plane of {@code x [N, C, spatial…]}. */
  static PoolGeometry global(Shape x) {
    int plane = x.elements(2, x.rank());
    return new PoolGeometry(
        x.size(0) * x.size(1), 1, plane, 1, 1, 1, plane, 1, 1, 1, 1, 0, 0, 0, 0, false);
  }

  /** {@code [N, C, 1…]} for {@code x [N, C, spatial…]}. */
  static Shape globalShape(Op op, Shape x) {
    if (x.rank() < 3) {
      throw new ShapeException(op.type() + " expects an input [N,C,spatial…], found " + x);
    }
    Size[] sizes = x.dims().toArray(Size[]::new);
    Arrays.fill(sizes, 2, sizes.length, Size.of(1));
    return Shape.ofSizes(sizes);
  }
}
