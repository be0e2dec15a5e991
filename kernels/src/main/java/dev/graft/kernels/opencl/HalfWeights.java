package dev.graft.kernels.opencl;

import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.Buffer;

/** Rounds weights to float16: {@code half.cl}. */
final class HalfWeights {

  private final Transfers transfers;
  private final DeviceMemory memory;
  private final DeviceKernel halve;
  private final int items;

  HalfWeights(Programs programs, DeviceMemory memory, Transfers transfers) {
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
