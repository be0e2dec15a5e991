package dev.graft.kernels.opencl.reduction;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.ReduceOp;
import dev.graft.kernels.opencl.elementwise.Axes;
import dev.graft.kernels.opencl.runtime.ClBuffer;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import dev.graft.kernels.opencl.runtime.WorkGroups;

/** {@code reduce.cl}: any axes of a tensor folded. */
public final class Reductions {

  private static final String FILE = "reduce";

  private final ClContext context;
  private final ScratchMemory scratch;
  private final DeviceKernel sumAlone;
  private final DeviceKernel sumTogether;
  private final DeviceKernel maxAlone;
  private final DeviceKernel maxTogether;
  private final long[] group;

  public Reductions(Programs programs, ScratchMemory scratch) {
    this.context = programs.context();
    this.scratch = scratch;
    sumAlone = programs.kernel(FILE, "sum_alone");
    sumTogether = programs.kernel(FILE, "sum_together");
    maxAlone = programs.kernel(FILE, "max_alone");
    maxTogether = programs.kernel(FILE, "max_together");
    group = new long[] {WorkGroups.reduction(context.device()), 1};
  }

  public void reduce(ReduceOp op, int[] shape, boolean[] reduced, Buffer x, Buffer y) {
    int axes = shape.length;
    int[] keptShape = shape.clone();
    int[] foldedShape = shape.clone();
    int[] strides = new int[axes];
    int stride = 1;
    int innermost = -1;
    for (int axis = axes - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
      (reduced[axis] ? keptShape : foldedShape)[axis] = 1;
      if (innermost < 0 && shape[axis] != 1) {
        innermost = axis;
      }
    }
    Axes kept = Axes.of(keptShape, strides);
    Axes folded = Axes.of(foldedShape, strides);
    boolean adjacent = innermost >= 0 && reduced[innermost];
    int elements = folded.elementsFrom(0);
    double divisor = op == ReduceOp.MEAN ? elements : 1;
    if (kept.elementsFrom(0) > 0) {
      context.lock();
      try {
        pass(op, kept, folded, adjacent, divisor, x, y, 0);
      } finally {
        context.unlock();
      }
    }
  }

  /**
   * Folds {@code parts [count, outputs]} into {@code y [outputs]}. The caller holds the lock.
   *
   * @param used elements of the scratch memory that hold the parts, from its start
   */
  public void sumParts(int count, int outputs, double divisor, Buffer parts, Buffer y, int used) {
    int[] row = {1};
    Axes kept = Axes.of(new int[] {outputs}, row);
    Axes folded = Axes.of(new int[] {count}, new int[] {outputs});
    pass(ReduceOp.SUM, kept, folded, false, divisor, parts, y, used);
  }

  /**
   * @param used elements at the start of the scratch memory that are in use
   */
  private void pass(
      ReduceOp op,
      Axes kept,
      Axes folded,
      boolean adjacent,
      double divisor,
      Buffer x,
      Buffer y,
      int used) {
    int outputs = kept.elementsFrom(0);
    int elements = folded.elementsFrom(0);
    Parts parts = Parts.of(elements, adjacent);
    boolean last = parts.count() == 1;
    Buffer to = last ? y : room(used, parts.count() * outputs);
    Launch launch = kernel(op, parts.together()).launch();
    launch.integer(outputs).integer(elements).integer(parts.chunk()).real(last ? divisor : 1);
    launch.struct(kept.struct()).struct(folded.struct()).buffer(x).buffer(to);
    if (parts.together()) {
      launch.groups(new long[] {outputs, parts.count()}, group);
    } else {
      launch.over(outputs, parts.count());
    }
    if (!last) {
      int[] row = {1};
      Axes outer = Axes.of(new int[] {outputs}, row);
      Axes inner = Axes.of(new int[] {parts.count()}, new int[] {outputs});
      pass(op, outer, inner, false, divisor, to, y, used + parts.count() * outputs);
    }
  }

  private Buffer room(int used, int elements) {
    ClBuffer all = scratch.of(used + elements);
    return all.slice(used, all.length() - used);
  }

  private DeviceKernel kernel(ReduceOp op, boolean together) {
    if (op == ReduceOp.MAX) {
      return together ? maxTogether : maxAlone;
    }
    return together ? sumTogether : sumAlone;
  }
}
