package dev.graft.kernels.opencl.runtime;

import static dev.graft.kernels.opencl.device.OpenClException.check;

import dev.graft.core.backend.Buffer;
import java.lang.ref.Reference;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_event;
import org.jocl.cl_kernel;
import org.jspecify.annotations.Nullable;

/**
 * One run of a kernel: its arguments in the order of the function's parameters, then the range.
 *
 * <pre>{@code
 * kernel.launch().integer(n).real(alpha).buffer(x).buffer(y).over(n);
 * }</pre>
 *
 * <p>Arguments are gathered first and handed to the driver under the context's lock, so that an
 * error in between leaves nothing locked and two threads can use one kernel.
 */
public final class Launch {

  private static final int MOST = 28;

  private final ClContext context;
  private final DeviceKernel kernel;
  private final Object[] objects = new Object[MOST];
  private final int[] words = new int[MOST];
  private int count;

  Launch(ClContext context, DeviceKernel kernel) {
    this.context = context;
    this.kernel = kernel;
  }

  /** Two parameters: {@code __global float *} and {@code int}, the offset of its first element. */
  public Launch buffer(Buffer buffer) {
    return buffer(buffer, 0);
  }

  /** The same, starting {@code offset} elements further on, or before. */
  public Launch buffer(Buffer buffer, int offset) {
    ClBuffer b = (ClBuffer) buffer;
    objects[count++] = b.storage();
    return integer(b.offset() + offset);
  }

  /** An {@code int}. */
  public Launch integer(int value) {
    words[count++] = value;
    return this;
  }

  /** A {@code float}. */
  public Launch real(double value) {
    return integer(Float.floatToRawIntBits((float) value));
  }

  /** A {@code ulong}. */
  public Launch bits(long value) {
    objects[count++] = new long[] {value};
    return this;
  }

  /** A {@code struct} of nothing but {@code int}s, by value. */
  public Launch struct(int... members) {
    objects[count++] = members;
    return this;
  }

  /** {@code __local} memory of so many floats. */
  Launch local(int floats) {
    objects[count++] = Integer.valueOf(floats);
    return this;
  }

  // ---- ranges ----------------------------------------------------------------------------------

  /** One work-item for each of n indices, and some beyond, which the kernel must ignore. */
  public void over(long n) {
    run(new long[] {n}, null);
  }

  /**
   * The same over two axes; neighbouring items differ in x, {@code get_global_id(0)}.
   *
   * @param x size of the innermost axis
   */
  public void over(long x, long y) {
    run(new long[] {x, y}, null);
  }

  /** The same over three axes. */
  public void over(long x, long y, long z) {
    run(new long[] {x, y, z}, null);
  }

  /**
   * Whole groups of the given shape.
   *
   * @param groups how many along each axis
   * @param items work-items of a group along each axis
   */
  public void groups(long[] groups, long[] items) {
    long[] range = groups.clone();
    for (int axis = 0; axis < range.length; axis++) {
      range[axis] *= items[axis];
    }
    run(range, items);
  }

  private void run(long[] range, long @Nullable [] group) {
    for (long size : range) {
      if (size == 0) {
        return;
      }
    }
    long[] local = group == null ? new long[range.length] : group;
    if (group == null) {
      WorkGroups.fit(context.device(), range, local);
      for (int axis = 0; axis < range.length; axis++) {
        // OpenCL 1.2 wants whole groups.
        range[axis] = (range[axis] + local[axis] - 1) / local[axis] * local[axis];
      }
    }
    context.lock();
    try {
      context.queue();
      cl_kernel handle = kernel.handle();
      Scratch scratch = context.scratch();
      for (int i = 0; i < count; i++) {
        set(handle, i, scratch);
      }
      cl_event event = context.profile().next();
      check(
          CL.clEnqueueNDRangeKernel(
              context.queue(), handle, range.length, null, range, local, 0, null, event),
          "clEnqueueNDRangeKernel",
          kernel.name());
      if (event != null) {
        context.profile().add(kernel.name(), event);
      }
      context.launched();
    } finally {
      context.unlock();
      // Until here the memory objects must not be found dead: from here on the command holds them.
      Reference.reachabilityFence(objects);
    }
  }

  /** One word for the driver to read an argument from, so that no launch makes another. */
  static final class Scratch {
    private final int[] word = new int[1];
    private final Pointer pointer = Pointer.to(word);
  }

  private void set(cl_kernel handle, int i, Scratch scratch) {
    Object object = objects[i];
    int status;
    if (object == null) {
      scratch.word[0] = words[i];
      status = CL.clSetKernelArg(handle, i, Integer.BYTES, scratch.pointer);
    } else if (object instanceof DeviceMemory.Storage storage) {
      status = CL.clSetKernelArg(handle, i, org.jocl.Sizeof.cl_mem, storage.pointer());
    } else if (object instanceof int[] members) {
      status = CL.clSetKernelArg(handle, i, 4L * members.length, Pointer.to(members));
    } else if (object instanceof long[] bits) {
      status = CL.clSetKernelArg(handle, i, Long.BYTES, Pointer.to(bits));
    } else {
      status = CL.clSetKernelArg(handle, i, 4L * (Integer) object, null);
    }
    check(status, "clSetKernelArg", kernel.name() + ", argument " + i);
  }
}
