package dev.graft.kernels.opencl.elementwise;

import dev.graft.core.backend.Buffer;
import dev.graft.kernels.opencl.runtime.ClContext;
import dev.graft.kernels.opencl.runtime.DeviceKernel;
import dev.graft.kernels.opencl.runtime.DeviceMemory;
import dev.graft.kernels.opencl.runtime.Programs;
import dev.graft.kernels.opencl.runtime.ScratchMemory;
import dev.graft.kernels.opencl.runtime.Transfers;
import java.util.Map;
import java.util.TreeMap;

/** {@code gather.cl}: one launch, whatever the number of positions. */
public final class Gather {

  private final ClContext context;
  private final Transfers transfers;
  private final ScratchMemory positions;
  private final DeviceKernel gather;
  private final DeviceKernel scatterAdd;

  public Gather(Programs programs, DeviceMemory memory, Transfers transfers) {
    this.transfers = transfers;
    context = programs.context();
    positions = new ScratchMemory(memory);
    gather = programs.kernel("gather", "gather");
    scatterAdd = programs.kernel("gather", "scatter_add");
  }

  /** {@code y[o, j, i] = x[o, indices[j], i]}. */
  public void gather(int outer, int n, int inner, int[] indices, Buffer x, Buffer y) {
    int count = indices.length;
    if (count == 0) {
      return;
    }
    context.lock();
    try {
      gather
          .launch()
          .integer(n)
          .integer(inner)
          .integer(count)
          .buffer(upload(indices))
          .buffer(x)
          .buffer(y)
          .over(inner, count, outer);
    } finally {
      context.unlock();
    }
  }

  /** Adds the slices of dy to those of dx, which are zero. */
  public void scatterAdd(int outer, int n, int inner, int[] indices, Buffer dy, Buffer dx) {
    int count = indices.length;
    if (count == 0) {
      return;
    }
    Map<Integer, Integer> occurrences = new TreeMap<>();
    for (int index : indices) {
      occurrences.merge(index, 1, Integer::sum);
    }
    int slices = occurrences.size();
    context.lock();
    try {
      scatterAdd
          .launch()
          .integer(n)
          .integer(inner)
          .integer(count)
          .integer(slices)
          .buffer(upload(lists(indices, occurrences)))
          .buffer(dy)
          .buffer(dx)
          .over(inner, slices, outer);
    } finally {
      context.unlock();
    }
  }

  /** The indices that occur, where the positions of each begin, the positions. */
  private static int[] lists(int[] indices, Map<Integer, Integer> occurrences) {
    int slices = occurrences.size();
    int[] lists = new int[2 * slices + 1 + indices.length];
    Map<Integer, Integer> next = new TreeMap<>();
    int slice = 0;
    int begin = 0;
    for (Map.Entry<Integer, Integer> entry : occurrences.entrySet()) {
      lists[slice] = entry.getKey();
      lists[slices + slice] = begin;
      next.put(entry.getKey(), begin);
      begin += entry.getValue();
      slice++;
    }
    lists[2 * slices] = begin;
    for (int j = 0; j < indices.length; j++) {
      lists[2 * slices + 1 + next.merge(indices[j], 1, Integer::sum) - 1] = j;
    }
    return lists;
  }

  private Buffer upload(int[] numbers) {
    float[] bits = new float[numbers.length];
    for (int i = 0; i < bits.length; i++) {
      // Positive numbers are none of the patterns that a NaN could lose on the way.
      bits[i] = Float.intBitsToFloat(numbers[i]);
    }
    Buffer on = positions.of(bits.length);
    transfers.upload(bits, 0, bits.length, on);
    return on;
  }
}
