package dev.graft.kernels.opencl;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BackendProvider;

/** Announces the OpenCL backend; it works where there is a driver with a device. */
public final class OpenClProvider implements BackendProvider {

  private static final int PRIORITY = 30;

  @Override
  public String name() {
    return "opencl";
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public Availability availability() {
    OpenClDevices.Found found = OpenClDevices.found();
    if (found.handles().isEmpty()) {
      return new Availability(false, found.problem());
    }
    try {
      return new Availability(true, OpenClDevices.chosen().summary());
    } catch (BackendException e) {
      return new Availability(false, e.getMessage());
    }
  }

  /** The device has its own threads: {@code threads} bounds nothing. */
  @Override
  public Backend open(int threads) {
    return new OpenClBackend(OpenClDevices.chosen());
  }
}
