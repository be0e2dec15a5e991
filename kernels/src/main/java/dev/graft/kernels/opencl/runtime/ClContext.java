package dev.graft.kernels.opencl.runtime;

import static dev.graft.kernels.opencl.device.OpenClException.check;

import dev.graft.core.backend.BackendException;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.OpenClException;
import dev.graft.kernels.opencl.device.Profile;
import java.util.concurrent.locks.ReentrantLock;
import org.jocl.CL;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_context_properties;
import org.jocl.cl_device_id;

/**
 * One device with one in-order queue: commands run in the order in which they are given, each after
 * the one before it, so that nothing below ever waits for an event.
 *
 * <p>The lock is held around whatever changes shared state: setting a kernel's arguments and
 * enqueueing it must not be torn apart by another thread, since the arguments belong to the kernel
 * object ({@code clSetKernelArg} is the one call of OpenCL that is not thread-safe).
 */
public final class ClContext {

  /** Drivers gather commands before they send them; the device must not stand idle meanwhile. */
  private static final int COMMANDS_AT_ONCE = 16;

  private final OpenClDevice device;
  private final cl_device_id id;
  private final cl_context context;
  private final cl_command_queue queue;
  private final ReentrantLock lock = new ReentrantLock();
  private final Profile profile;
  private final Launch.Scratch scratch = new Launch.Scratch();
  private int unsent;
  private boolean closed;

  /**
   * @param profiled whether the device notes when each kernel starts and ends
   */
  public ClContext(OpenClDevice device, boolean profiled) {
    this.device = device;
    OpenClDevices.Handle handle = OpenClDevices.handle(device);
    id = handle.id();
    cl_context_properties properties = new cl_context_properties();
    properties.addProperty(CL.CL_CONTEXT_PLATFORM, handle.platform());
    int[] status = new int[1];
    context = CL.clCreateContext(properties, 1, new cl_device_id[] {id}, null, null, status);
    check(status[0], "clCreateContext", device.name());
    queue = createQueue(profiled ? CL.CL_QUEUE_PROFILING_ENABLE : 0, status);
    if (status[0] != CL.CL_SUCCESS) {
      CL.clReleaseContext(context);
      throw OpenClException.of(status[0], "clCreateCommandQueue", device.name());
    }
    profile = new Profile(profiled);
  }

  /** The call of OpenCL 1.x: deprecated since, but the one that every driver has. */
  @SuppressWarnings("deprecation")
  private cl_command_queue createQueue(long properties, int[] status) {
    return CL.clCreateCommandQueue(context, id, properties, status);
  }

  public OpenClDevice device() {
    return device;
  }

  public cl_device_id id() {
    return id;
  }

  cl_context context() {
    return context;
  }

  public Profile profile() {
    return profile;
  }

  /**
   * The queue, for whoever holds the lock.
   *
   * @throws BackendException if the backend has been closed
   */
  cl_command_queue queue() {
    if (closed) {
      throw new BackendException("backend opencl has been closed; open another one");
    }
    return queue;
  }

  public void lock() {
    lock.lock();
  }

  public void unlock() {
    lock.unlock();
  }

  /** Waits for all commands. The caller holds the lock. */
  public void finish() {
    check(CL.clFinish(queue()), "clFinish", device.name());
  }

  /** Counts a launch, and sends what has gathered. The caller holds the lock. */
  void launched() {
    if (++unsent >= COMMANDS_AT_ONCE) {
      unsent = 0;
      check(CL.clFlush(queue()), "clFlush", device.name());
    }
  }

  Launch.Scratch scratch() {
    return scratch;
  }

  boolean isClosed() {
    return closed;
  }

  /**
   * Waits for the device and frees it.
   *
   * @param owned frees what was made in the context, before that goes
   */
  public void close(Runnable owned) {
    lock();
    try {
      if (!closed) {
        // A lost device cannot be waited for, and is closed all the same.
        CL.clFinish(queue);
        profile.collect();
        owned.run();
        closed = true;
        CL.clReleaseCommandQueue(queue);
        CL.clReleaseContext(context);
      }
    } finally {
      unlock();
    }
  }
}
