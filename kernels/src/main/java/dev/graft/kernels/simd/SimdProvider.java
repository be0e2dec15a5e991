package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendException;
import dev.graft.core.backend.BackendProvider;

/** Announces the SIMD backend; it works where the JVM was started with the Vector API. */
public final class SimdProvider implements BackendProvider {

  private static final int PRIORITY = 20;

  @Override
  public String name() {
    return "simd";
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public Availability availability() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new Availability(
          false, "needs the Vector API: start java with --add-modules jdk.incubator.vector");
    }
    return VectorSupport.availability();
  }

  @Override
  public Backend open(int threads) {
    Availability availability = availability();
    if (!availability.available()) {
      throw new BackendException("backend simd does not work here: " + availability.reason());
    }
    return new SimdBackend(threads);
  }
}
