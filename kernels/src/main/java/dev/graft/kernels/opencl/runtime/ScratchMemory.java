package dev.graft.kernels.opencl.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Device memory for what passes from one kernel to the next within one call. It grows to the most
 * that was wanted. Since the queue keeps its order, the next call may overwrite it at once; whoever
 * launches the kernels that share it holds the context's lock meanwhile.
 */
public final class ScratchMemory {

  private final DeviceMemory memory;
  private @Nullable ClBuffer buffer;

  public ScratchMemory(DeviceMemory memory) {
    this.memory = memory;
  }

  /** At least {@code elements} elements, until the lock is released. */
  public ClBuffer of(int elements) {
    if (buffer == null || buffer.length() < elements) {
      buffer = memory.allocate(elements);
    }
    return buffer;
  }
}
