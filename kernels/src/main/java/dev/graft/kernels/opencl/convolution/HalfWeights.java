package dev.graft.kernels.opencl.convolution;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Buffer;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.product.Tiling;
import dev.graft.kernels.opencl.runtime.ClBuffer;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.DeviceMemory;
import dev.graft.kernels.opencl.runtime.Launch;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.Transfers;
import dev.graft.kernels.opencl.runtime.WorkGroups;

/** Rounds weights to float16: {@code half.cl}. */
public final class HalfWeights {

  private final Transfers transfers;
  private final DeviceMemory memory;
  private final DeviceKernel halve;
  private final int items;

  public HalfWeights(Programs programs, DeviceMemory memory, Transfers transfers) {
    this.memory = memory;
    this.transfers = transfers;
    halve = programs.kernel("half", "halve");
    items = WorkGroups.reduction(programs.context().device());
  }

  /** Floats that so many halves take. */
  static int floats(int elements) {
    return elements / 2 + elements % 2;
  }

  ClBuffer allocate(int elements) {
    return memory.allocate(floats(elements));
  }

  /**
   * {@code halves = w}, to nearest, ties to even. Waits for the device, to see whether they fit.
   *
   * @param what whose they are, for people
   * @throws BackendException if a weight is larger than float16 can hold
   */
  void round(int elements, Buffer w, ClBuffer halves, String what) {
    if (elements == 0) {
      return;
    }
    int groups = Tiling.groups(elements, items);
    ClBuffer largest = memory.allocate(groups);
    Launch launch = halve.launch().integer(elements).buffer(w).buffer(halves).buffer(largest);
    launch.groups(new long[] {groups}, new long[] {items});
    float[] all = new float[groups];
    transfers.download(largest, groups, all, 0);
    for (float one : all) {
      if (one > Precision.LARGEST_HALF) {
        throw new BackendException(
            what
                + ": a weight of "
                + one
                + " does not fit into precision half, which ends at "
                + Precision.LARGEST_HALF
                + "; use precision float32, or bf16 where the device has it");
      }
    }
  }
}
