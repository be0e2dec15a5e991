package dev.graft.kernels.opencl.runtime;

import dev.graft.core.backend.DeviceMemoryError;
import dev.graft.kernels.opencl.device.OpenClException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/**
 * The device's memory: what is taken, and who has let go of it.
 *
 * <p>Buffers are freed when nobody holds them any more, as Java objects are. The collector, though,
 * sees only the small object that stands for megabytes on the device, and is in no hurry. So each
 * allocation first frees what has been found dead, and asks for a collection where the device's
 * memory would run out, or has doubled since the last one.
 */
public final class DeviceMemory {

  /** Bytes that this process may take, for those who share a device, and for tests. */
  static final String LIMIT = "graft.opencl.memory";

  /** One part in so many is left to the driver and to the screen. */
  private static final int RESERVE = 16;

  /** Below this nobody collects only because memory has doubled. */
  private static final long QUIET = 256L << 20;

  /** How often to look for what a collection has found; the JVM hands it over a little later. */
  private static final int LOOKS = 20;

  private static final long LOOK_MILLIS = 5;

  /** A memory object; reachable from every buffer that lies in it. */
  static final class Storage {

    private final cl_mem memory;
    private final Pointer pointer;

    private Storage(cl_mem memory) {
      this.memory = memory;
      this.pointer = Pointer.to(memory);
    }

    cl_mem memory() {
      return memory;
    }

    /** What {@code clSetKernelArg} takes: made once, since launches are many. */
    Pointer pointer() {
      return pointer;
    }
  }

  private static final class Grip extends PhantomReference<Storage> {

    private final cl_mem memory;
    private final long bytes;

    Grip(Storage storage, long bytes, ReferenceQueue<Storage> queue) {
      super(storage, queue);
      this.memory = storage.memory;
      this.bytes = bytes;
    }
  }

  private final ClContext context;
  private final long capacity;
  private final ReferenceQueue<Storage> dead = new ReferenceQueue<>();
  private final Set<Grip> grips = new HashSet<>();
  private long held;
  private long collectAbove = QUIET;

  public DeviceMemory(ClContext context) {
    this.context = context;
    long all = context.device().globalMemory();
    this.capacity = Math.min(all - all / RESERVE, Long.getLong(LIMIT, Long.MAX_VALUE));
  }

  /** Bytes that can still be allocated; collects first where these are fewer than wanted. */
  public long available(long wanted) {
    context.lock();
    try {
      free();
      if (capacity - held < wanted) {
        collect(capacity - wanted);
      }
      return Math.max(0, capacity - held);
    } finally {
      context.unlock();
    }
  }

  /**
   * A new buffer with unspecified contents.
   *
   * @throws DeviceMemoryError if the device has no room for it
   */
  public ClBuffer allocate(int elements) {
    context.lock();
    try {
      return allocateLocked(elements);
    } finally {
      context.unlock();
    }
  }

  private ClBuffer allocateLocked(int elements) {
    // Not in a closed context: that would crash the driver.
    context.queue();
    // A memory object of no bytes is an error; an operand of no elements is none.
    long bytes = Math.max(1L, elements) * Float.BYTES;
    free();
    if (held + bytes > Math.min(capacity, collectAbove)) {
      collect(capacity - bytes);
      collectAbove = Math.max(QUIET, 2 * (held + bytes));
    }
    if (held + bytes > capacity) {
      throw outOfMemory(bytes, "");
    }
    int[] status = new int[1];
    cl_mem memory = create(bytes, status);
    if (OpenClException.isOutOfMemory(status[0])) {
      collect(0);
      memory = create(bytes, status);
    }
    if (OpenClException.isOutOfMemory(status[0])) {
      throw outOfMemory(bytes, ": clCreateBuffer: " + CL.stringFor_errorCode(status[0]));
    }
    OpenClException.check(status[0], "clCreateBuffer", bytes + " bytes");
    Storage storage = new Storage(memory);
    grips.add(new Grip(storage, bytes, dead));
    held += bytes;
    return new ClBuffer(storage, 0, elements);
  }

  private cl_mem create(long bytes, int[] status) {
    return CL.clCreateBuffer(context.context(), CL.CL_MEM_READ_WRITE, bytes, null, status);
  }

  private DeviceMemoryError outOfMemory(long bytes, String cause) {
    return new DeviceMemoryError(
        String.format(
            Locale.ROOT,
            "%s has no room for another %.1f MiB beside the %.1f MiB in use of %.1f MiB%s;"
                + " use a smaller batch",
            context.device().name().strip(),
            mebibytes(bytes),
            mebibytes(held),
            mebibytes(capacity),
            cause));
  }

  private static double mebibytes(long bytes) {
    return bytes / (double) (1 << 20);
  }

  /** Releases what has been found dead. The driver waits for commands that still use it. */
  private void free() {
    while (dead.poll() instanceof Grip grip) {
      release(grip);
    }
  }

  private void release(Grip grip) {
    if (grips.remove(grip)) {
      CL.clReleaseMemObject(grip.memory);
      held -= grip.bytes;
    }
  }

  /**
   * Has the collector look for buffers that nobody holds.
   *
   * @param enough what may remain held; else it waits for more to be found, for a moment
   */
  private void collect(long enough) {
    System.gc();
    try {
      int look = 0;
      do {
        if (dead.remove(LOOK_MILLIS) instanceof Grip grip) {
          release(grip);
          free();
        } else {
          look++;
        }
      } while (held > enough && look < LOOKS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Releases everything, whoever still holds it. The caller holds the context's lock. */
  public void close() {
    grips.forEach(grip -> CL.clReleaseMemObject(grip.memory));
    grips.clear();
    held = 0;
  }
}
