package dev.graft.kernels.simd;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.BackendProvider;
import java.lang.module.ModuleFinder;

/** Announces the SIMD backend; it works where the JVM was started with the Vector API. */
public final class SimdProvider implements BackendProvider {

  private static final int PRIORITY = 20;
  private static final String MODULE = "jdk.incubator.vector";

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
    return here();
  }

  static Availability here() {
    if (ModuleLayer.boot().findModule(MODULE).isPresent()) {
      return VectorSupport.availability();
    }
    return ModuleFinder.ofSystem().find(MODULE).isPresent()
        ? new Availability(
            false, "needs the Vector API: start java with --add-modules " + MODULE, true)
        : new Availability(
            false, "needs the Vector API: use a Java that has the module " + MODULE, true);
  }

  @Override
  public Backend open(int threads) {
    return new SimdBackend(threads);
  }
}
