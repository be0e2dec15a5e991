package dev.graft.kernels.simd;

import dev.graft.core.backend.BackendProvider.Availability;
import dev.graft.kernels.simd.vector.Lanes;
import java.util.Set;
import jdk.incubator.vector.FloatVector;

/** Whether this machine's vectors are wide enough. Touched only where the Vector API is there. */
final class VectorSupport {

  private static final int NARROWEST = 128;
  private static final Set<String> WIDTHS = Set.of("128", "256", "512");

  private VectorSupport() {}

  static Availability availability() {
    int machine = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    if (machine < NARROWEST) {
      return new Availability(
          false, "this JVM offers vectors of " + machine + " bits; the kernels expect 128 or more");
    }
    // As a string: Integer.getInteger takes what is no number for what is not there.
    String asked = System.getProperty(Lanes.PROPERTY);
    if (asked != null && (!WIDTHS.contains(asked) || Integer.parseInt(asked) > machine)) {
      return new Availability(
          false,
          String.format(
              "-D%s=%s: expected 128, 256 or 512, at most the machine's %d",
              Lanes.PROPERTY, asked, machine),
          true);
    }
    return new Availability(true, "the Vector API with vectors of " + Lanes.bits() + " bits");
  }
}
