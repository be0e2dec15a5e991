package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BinaryOp;
import dev.graft.core.backend.BlockedKernels;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.op.Elementwise;
import dev.graft.core.op.Op;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.tensor.Shape;
import java.util.List;

/**
 * Steps on blocks of channels, those that {@link Layouts} chooses from, and between the layouts.
 */
final class BlockedSteps {

  private final Backend backend;
  private final BlockedKernels kernels;
  private final int lanes;

  BlockedSteps(Backend backend, BlockedKernels kernels) {
    this.backend = backend;
    this.kernels = kernels;
    this.lanes = kernels.lanes();
  }

  /** An operation on values in blocks. */
  Step of(Op op, List<Slot> inputs, Slot y) {
    Shape x = inputs.get(0).shape();
    if (op instanceof GlobalAveragePool) {
      int plane = x.elements(2, 4);
      return new BlockedStep(
          inputs, y, (in, out) -> kernels.globalAverage(x.size(0), x.size(1), plane, in[0], out));
    }
    if (op instanceof MaxPool pool) {
      PoolGeometry g = pool.geometry(x.with(1, blocks(x)));
      return new BlockedStep(inputs, y, (in, out) -> kernels.maxPool(g, in[0], out));
    }
    if (op instanceof Elementwise f) {
      int n = y.elements();
      return new BlockedStep(
          inputs, y, (in, out) -> backend.unary(f.kernel(), f.alpha(), f.beta(), n, in[0], out));
    }
    if (op instanceof Mul) {
      int first = inputs.get(0).shape().equals(y.shape()) ? 0 : 1;
      Shape image = y.shape();
      int plane = image.elements(2, 4);
      return new BlockedStep(
          inputs,
          y,
          (in, out) ->
              kernels.scale(image.size(0), image.size(1), plane, in[first], in[1 - first], out));
    }
    if (op instanceof Concat) {
      return new BlockedStep(inputs, y, (in, out) -> join(inputs, in, y, out));
    }
    int[] shape = {y.elements()};
    int[] dense = {1};
    return new BlockedStep(
        inputs,
        y,
        (in, out) -> backend.binary(BinaryOp.ADD, shape, in[0], dense, in[1], dense, out));
  }

  /** Along the channels, of which all are in whole blocks. */
  private void join(List<Slot> inputs, Buffer[] in, Slot y, Buffer out) {
    int batch = y.shape().size(0);
    int[] to = {y.elements() / batch, 1};
    int offset = 0;
    for (int i = 0; i < in.length; i++) {
      int run = inputs.get(i).elements() / batch;
      backend.copy(new int[] {batch, run}, in[i], 0, new int[] {run, 1}, offset, to, out);
      offset += run;
    }
  }

  /** From planar x to y in blocks. */
  Step toBlocks(Slot x, Slot y) {
    return new BlockedStep(List.of(x), y, (in, out) -> reorder(x.shape(), in[0], out, true));
  }

  /** From x in blocks to planar y. */
  Step toPlanes(Slot x, Slot y) {
    return new BlockedStep(List.of(x), y, (in, out) -> reorder(x.shape(), in[0], out, false));
  }

  /** Whole blocks at once, and those of the last one's lanes that are channels. */
  private void reorder(Shape shape, Buffer x, Buffer y, boolean toBlocks) {
    int channels = shape.size(1);
    int plane = shape.elements(2, 4);
    int blocks = blocks(shape);
    int whole = channels / lanes;
    int[] planar = {channels * plane, lanes * plane, 1, plane};
    int[] inBlocks = {blocks * lanes * plane, lanes * plane, lanes, 1};
    int[] from = toBlocks ? planar : inBlocks;
    int[] to = toBlocks ? inBlocks : planar;
    if (whole > 0) {
      int[] box = {shape.size(0), whole, plane, lanes};
      backend.copy(box, x, 0, from, 0, to, y);
    }
    if (whole < blocks) {
      int at = whole * lanes * plane;
      int[] box = {shape.size(0), 1, plane, channels - whole * lanes};
      backend.copy(box, x, at, from, at, to, y);
    }
  }

  private int blocks(Shape shape) {
    return (int)
        (Slot.blockedElements(shape, lanes) / shape.elements(2, 4) / shape.size(0) / lanes);
  }
}
