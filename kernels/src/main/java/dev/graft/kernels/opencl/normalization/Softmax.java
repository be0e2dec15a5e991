package dev.graft.kernels.opencl.normalization;

import dev.graft.core.backend.Buffer;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.WorkGroups;

/** {@code softmax.cl}: along the middle axis of {@code [outer, n, inner]}. */
public final class Softmax {

  /** Rows shorter than this are one work-item's; a tree over fewer elements does not pay. */
  private static final int SHORT = 32;

  /** So many rows side by side in memory keep single items' reads coalesced. */
  private static final int SIDE_BY_SIDE = 16;

  /**
   * @param alone one work-item a row
   * @param together one group a row
   */
  private record Pair(DeviceKernel alone, DeviceKernel together) {

    Pair(Programs programs, String name) {
      this(
          programs.kernel("softmax", name + "_alone"),
          programs.kernel("softmax", name + "_together"));
    }
  }

  private final Pair forward;
  private final Pair logForward;
  private final Pair gradient;
  private final Pair logGradient;
  private final long[] group;

  public Softmax(Programs programs) {
    forward = new Pair(programs, "softmax");
    logForward = new Pair(programs, "log_softmax");
    gradient = new Pair(programs, "softmax_gradient");
    logGradient = new Pair(programs, "log_softmax_gradient");
    group = new long[] {WorkGroups.reduction(programs.context().device()), 1};
  }

  public void forward(boolean log, int outer, int n, int inner, Buffer x, Buffer y) {
    run(log ? logForward : forward, outer, n, inner, x, y);
  }

  public void gradient(boolean log, int outer, int n, int inner, Buffer y, Buffer dy, Buffer dx) {
    run(log ? logGradient : gradient, outer, n, inner, y, dy, dx);
  }

  private void run(Pair kernels, int outer, int n, int inner, Buffer... operands) {
    boolean alone = n < SHORT || inner >= SIDE_BY_SIDE;
    Launch launch = (alone ? kernels.alone : kernels.together).launch();
    launch.integer(outer).integer(n).integer(inner);
    for (Buffer operand : operands) {
      launch.buffer(operand);
    }
    if (alone) {
      launch.over(inner, outer);
    } else {
      launch.groups(new long[] {inner, outer}, group);
    }
  }
}
