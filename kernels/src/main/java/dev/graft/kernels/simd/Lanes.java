package dev.graft.kernels.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width that all kernels use: the machine's own, or a narrower one that is asked for.
 *
 * <p>A constant of the class, since C2 turns vector operations into instructions only where it
 * knows the width when it compiles.
 */
final class Lanes {

  /** Width of the vectors in bits; for tests, which check every width on one machine. */
  static final String PROPERTY = "graft.simd.bits";

  static final VectorSpecies<Float> FLOATS = chosen();

  /** Integers of the same number of lanes. */
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  /** Floats in one vector. */
  static final int COUNT = FLOATS.length();

  private Lanes() {}

  private static VectorSpecies<Float> chosen() {
    int bits = Integer.getInteger(PROPERTY, FloatVector.SPECIES_PREFERRED.vectorBitSize());
    return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
  }
}
