package dev.graft.kernels.opencl.runtime;

import dev.graft.kernels.opencl.device.OpenClDevice;
import java.util.Arrays;

/**
 * How many work-items make a group.
 *
 * <p>On a GPU neighbours in a group run in lockstep, 32 or 64 at a time, and read memory together
 * where their addresses are neighbours: a group spans at least as much of the innermost axis as
 * there is. On a CPU the driver runs a group as a loop over its items, which it vectorises.
 */
public final class WorkGroups {

  /** Several warps of 32 or wavefronts of 64, so that some compute while others wait for memory. */
  private static final int ITEMS = 256;

  /** Items of a tree on a CPU: those of one vector; more would only be more rounds of the loop. */
  private static final int CPU_TREE = 16;

  private static final int CPU_ITEMS = 64;

  private WorkGroups() {}

  /** Items that sum one output together, a power of two: {@code GROUP} in the kernels. */
  public static int reduction(OpenClDevice device) {
    int wanted = device.type() == OpenClDevice.Type.CPU ? CPU_TREE : ITEMS;
    return Integer.highestOneBit(Math.max(1, Math.min(wanted, device.maxWorkGroup())));
  }

  /**
   * Sizes of a group for a range of {@code x y z} items: powers of two, the innermost axis first.
   * Ranges are rounded up to whole groups along x and y; along z the size divides the range, so
   * that kernels ask of two axes only whether an item lies beyond.
   *
   * @param local receives the three sizes
   */
  static void fit(OpenClDevice device, long[] range, long[] local) {
    long items = Integer.highestOneBit(Math.max(1, Math.min(ITEMS, device.maxWorkGroup())));
    if (device.type() == OpenClDevice.Type.CPU && items >= CPU_ITEMS) {
      fitCpu(range, local);
      return;
    }
    long left = items;
    for (int axis = 0; axis < range.length; axis++) {
      long whole = axis < 2 ? powerOfTwoFrom(range[axis]) : Long.lowestOneBit(range[axis]);
      local[axis] = Math.min(left, whole);
      left /= local[axis];
    }
  }

  /**
   * A driver for CPUs compiles a kernel for every shape of group that it meets, for a tenth of a
   * second each: three shapes, for wide ranges, for narrow ones and for single columns.
   */
  private static void fitCpu(long[] range, long[] local) {
    Arrays.fill(local, 1);
    local[0] = range[0] >= CPU_ITEMS / 2 || range.length == 1 ? CPU_ITEMS : range[0] >= 4 ? 8 : 1;
    if (local[0] < CPU_ITEMS) {
      local[1] = CPU_ITEMS / local[0];
    }
  }

  private static long powerOfTwoFrom(long size) {
    return size <= 1 ? 1 : Long.highestOneBit(size - 1) << 1;
  }
}
