package dev.graft.kernels.simd;

import dev.graft.core.backend.BackendProvider.Availability;
import jdk.incubator.vector.FloatVector;

/** Whether this machine's vectors are wide enough. Touched only where the Vector API is there. */
final class VectorSupport {

  private static final int NARROWEST = 128;
  private static final int WIDEST = 512;

  private VectorSupport() {}

  static Availability availability() {
    int machine = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (machine < NARROWEST) {
      return new Availability(
          false, "this JVM offers vectors of " + machine + " bits; the kernels expect 128 or more");
    }
    int bits = Integer.getInteger(Lanes.PROPERTY, Math.min(machine, WIDEST));
    if (bits > machine || (bits != 128 && bits != 256 && bits != 512)) {
      return new Availability(
          false,
          "-D"
              + Lanes.PROPERTY
              + "="
              + bits
              + ": expected 128, 256 or 512, at most the machine's "
              + machine);
    }
    return new Availability(true, "the Vector API with vectors of " + bits + " bits");
  }
}
