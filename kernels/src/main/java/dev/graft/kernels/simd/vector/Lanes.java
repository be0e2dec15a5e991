package dev.graft.kernels.simd.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width that all kernels use: the machine's own, or a narrower one that is asked for.
 *
 * <p>A constant of the class, since C2 turns vector operations into instructions only where it
 * knows the width when it compiles.
 */
public final class Lanes {

  /** Width of the vectors in bits; for tests, which check every width on one machine. */
  public static final String PROPERTY = "graft.simd.bits";

  /** The kernels are tuned and tested up to that width. */
  private static final int WIDEST = 512;

  public static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(bits()));

  /** Integers of the same number of lanes. */
  public static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** Floats in one vector. */
  public static final int COUNT = FLOATS.length();

  private Lanes() {}

  /** The width that is asked for, which must be one that {@code VectorSupport} allows. */
  public static int bits() {
    int machine = FloatVector.SPECIES_PREFERRED.vectorBitSize();
    return Integer.getInteger(PROPERTY, Math.min(machine, WIDEST));
  }
}
