package dev.graft.bench.gpu;

import dev.graft.bench.gpu.Stopwatch.Effort;
import dev.graft.core.backend.BackendException;
import dev.graft.core.plan.MemoryException;
import dev.graft.kernels.opencl.OpenClBackend;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.Profile;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Graft's side: a piece of work on the device, timed by the clock on the wall and then again by the
 * device's own, since a queue that takes notes is slower. Each time on a backend of its own, so
 * that nothing stays in the device's memory.
 */
final class DeviceRun {

  private static final int MOST_PROFILED = 20;

  /**
   * What was measured, per call.
   *
   * @param seconds on the wall; null where it did not run
   * @param deviceSeconds of all kernels, transfers not counted; null where the device tells none
   * @param kernels by name
   * @param calls over which {@code kernels} adds up
   * @param problem why it did not run; null where it did
   */
  record Times(
      @Nullable Double seconds,
      @Nullable Double deviceSeconds,
      Map<String, Profile.Total> kernels,
      int calls,
      @Nullable String problem) {}

  private final OpenClDevice device;
  private final Effort effort;

  DeviceRun(OpenClDevice device, Effort effort) {
    this.device = device;
    this.effort = effort;
  }

  /** A failure, such as too little memory, is told and does not end the whole run. */
  Times time(Work work) {
    try {
      double seconds = onWall(work);
      return onDevice(work, seconds);
    } catch (BackendException | MemoryException | OutOfMemoryError e) {
      return new Times(null, null, Map.of(), 0, firstLine(e));
    }
  }

  private double onWall(Work work) {
    try (OpenClBackend backend = open(work, false)) {
      return new Stopwatch(backend::finish, effort).seconds(work.on(backend));
    }
  }

  private Times onDevice(Work work, double seconds) {
    try (OpenClBackend backend = open(work, true)) {
      Runnable call = work.on(backend);
      Stopwatch stopwatch = new Stopwatch(backend::finish, effort);
      stopwatch.run(call, 1);
      backend.resetProfile();
      int calls = Stopwatch.calls(seconds, effort.warm(), MOST_PROFILED);
      stopwatch.run(call, calls);
      Map<String, Profile.Total> kernels = backend.profile();
      long nanoseconds = kernels.values().stream().mapToLong(Profile.Total::nanoseconds).sum();
      Double onDevice = nanoseconds == 0 ? null : nanoseconds / 1e9 / calls;
      return new Times(seconds, onDevice, kernels, calls, null);
    }
  }

  /** The property is read when a backend is opened. */
  private OpenClBackend open(Work work, boolean profiled) {
    String before = System.getProperty(OpenClBackend.PROFILE);
    System.setProperty(OpenClBackend.PROFILE, Boolean.toString(profiled));
    try {
      return new OpenClBackend(device, work.precision());
    } finally {
      if (before == null) {
        System.clearProperty(OpenClBackend.PROFILE);
      } else {
        System.setProperty(OpenClBackend.PROFILE, before);
      }
    }
  }

  private static String firstLine(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(message);
  }
}
