package dev.graft.kernels.opencl.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_mem;
import org.jspecify.annotations.Nullable;

/**
 * Host memory that the device can fetch from by itself. The operating system may move or swap out
 * ordinary memory, so a driver first copies it to where it stays, on the thread that asks; memory
 * that the driver allocates ({@code CL_MEM_ALLOC_HOST_PTR}) and that is mapped once stays from the
 * beginning, and a transfer from it runs beside the program. Where a driver has none left it is
 * ordinary memory after all.
 */
final class PinnedMemory {

  private final ClContext context;
  private final @Nullable cl_mem memory;
  private final ByteBuffer bytes;
  private final Pointer pointer;

  /** The caller holds the context's lock. */
  PinnedMemory(ClContext context, int size) {
    this.context = context;
    cl_mem object = create(context, size);
    ByteBuffer mapped = object == null ? null : map(context, object, size);
    if (object != null && mapped == null) {
      CL.clReleaseMemObject(object);
      object = null;
    }
    memory = object;
    ByteBuffer buffer = mapped == null ? ByteBuffer.allocateDirect(size) : mapped;
    bytes = buffer.order(ByteOrder.nativeOrder());
    pointer = Pointer.to(bytes);
  }

  private static @Nullable cl_mem create(ClContext context, int size) {
    int[] status = new int[1];
    long flags = CL.CL_MEM_READ_WRITE | CL.CL_MEM_ALLOC_HOST_PTR;
    cl_mem object = CL.clCreateBuffer(context.context(), flags, size, null, status);
    return status[0] == CL.CL_SUCCESS ? object : null;
  }

  private static @Nullable ByteBuffer map(ClContext context, cl_mem object, int size) {
    int[] status = new int[1];
    long flags = CL.CL_MAP_READ | CL.CL_MAP_WRITE;
    ByteBuffer mapped =
        CL.clEnqueueMapBuffer(context.queue(), object, true, flags, 0, size, 0, null, null, status);
    return status[0] == CL.CL_SUCCESS ? mapped : null;
  }

  /** Its bytes, in the device's order. */
  ByteBuffer bytes() {
    return bytes;
  }

  /** Its first byte, for the driver. */
  Pointer pointer() {
    return pointer;
  }

  /** No transfer is under way; the caller holds the lock. */
  void close() {
    if (memory != null) {
      CL.clEnqueueUnmapMemObject(context.queue(), memory, bytes, 0, null, null);
      CL.clReleaseMemObject(memory);
    }
  }
}
