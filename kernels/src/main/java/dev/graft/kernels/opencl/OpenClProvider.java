package dev.graft.kernels.opencl;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BackendProvider;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import java.util.Optional;

/**
 * Announces the OpenCL backend: it works where there is a driver with a device, and {@code auto}
 * takes it where that is a GPU. On a processor the SIMD backend is faster.
 */
public final class OpenClProvider implements BackendProvider {

  static final String ONLY_ON_A_GPU = "auto takes OpenCL only on a GPU";

  private static final int PRIORITY = 30;

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  /** Never throws; loads the drivers when it is first asked. */
  @Override
  public Availability availability() {
    OpenClDevices.Found found = OpenClDevices.found();
    if (found.handles().isEmpty()) {
      return new Availability(false, found.problem());
    }
    try {
      OpenClDevice device = OpenClDevices.chosen();
      Precision precision = Precision.chosen();
      Optional<String> problem = precision.problem(device);
      if (problem.isPresent()) {
        return new Availability(false, problem.get());
      }
      return new Availability(
          true,
          device.summary()
              + (precision == Precision.FLOAT32 ? "" : "; precision " + precision.word())
              + (device.isGpu() ? "" : "; " + ONLY_ON_A_GPU));
    } catch (BackendException e) {
      return new Availability(false, e.getMessage());
    }
  }

  /** Loads the drivers only where one is listed that may have a GPU. */
  @Override
  public Availability forAuto() {
    Optional<String> reason = InstalledDrivers.withoutGpu();
    if (reason.isPresent()) {
      return new Availability(false, reason.get());
    }
    Availability here = availability();
    if (!here.available()) {
      // Somebody installed a driver, and expects it to be used.
      return new Availability(false, here.reason(), true);
    }
    return new Availability(OpenClDevices.chosen().isGpu(), here.reason());
  }

  /**
   * Opens it on the device that {@link OpenClDevices#chosen()} gives, which has its own threads:
   * {@code threads} bounds nothing. On a GPU every kernel is built at once: one that the driver
   * cannot build is found out while {@code auto} can still take another backend.
   */
  @Override
  public Backend open(int threads) {
    OpenClBackend backend = new OpenClBackend(OpenClDevices.chosen());
    if (backend.device().isGpu()) {
      try {
        backend.buildAll();
      } catch (BackendException e) {
        backend.close();
        throw e;
      }
    }
    return backend;
  }
}
