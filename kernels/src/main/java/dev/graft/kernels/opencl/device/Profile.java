package dev.graft.kernels.opencl.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.cl_event;
import org.jspecify.annotations.Nullable;

/**
 * Time that kernels take on the device, from the time stamps of their events: wall time alone does
 * not tell a slow kernel from a queue that was empty. Off, it costs nothing.
 */
public final class Profile {

  /** Events are read in lots; an open event keeps memory in the driver. */
  private static final int LOT = 512;

  /**
   * What one kernel has taken so far.
   *
   * @param launches how often it ran
   * @param nanoseconds from start to end on the device, in all
   */
  public record Total(long launches, long nanoseconds) {

    Total plus(long time) {
      return new Total(launches + 1, nanoseconds + time);
    }
  }

  private record Pending(String kernel, cl_event event) {}

  private final boolean on;
  private final List<Pending> pending = new ArrayList<>();
  private final Map<String, Total> totals = new TreeMap<>();

  public Profile(boolean on) {
    this.on = on;
  }

  /** An event for the next launch; null where nobody wants to know. */
  public @Nullable cl_event next() {
    return on ? new cl_event() : null;
  }

  /** The kernel was enqueued with the event from {@link #next}. */
  public void add(String kernel, cl_event event) {
    pending.add(new Pending(kernel, event));
    if (pending.size() >= LOT) {
      collect();
    }
  }

  /** Waits for the kernels launched so far and adds up their times. */
  public void collect() {
    long[] start = new long[1];
    long[] end = new long[1];
    for (Pending p : pending) {
      CL.clWaitForEvents(1, new cl_event[] {p.event});
      int first =
          CL.clGetEventProfilingInfo(
              p.event, CL.CL_PROFILING_COMMAND_START, Long.BYTES, Pointer.to(start), null);
      int second =
          CL.clGetEventProfilingInfo(
              p.event, CL.CL_PROFILING_COMMAND_END, Long.BYTES, Pointer.to(end), null);
      if (first == CL.CL_SUCCESS && second == CL.CL_SUCCESS) {
        Total before = totals.getOrDefault(p.kernel, new Total(0, 0));
        totals.put(p.kernel, before.plus(end[0] - start[0]));
      }
      CL.clReleaseEvent(p.event);
    }
    pending.clear();
  }

  public Map<String, Total> totals() {
    collect();
    return Map.copyOf(totals);
  }

  public void reset() {
    collect();
    totals.clear();
  }
}
