package dev.graft.tests.backend;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.reference.ReferenceBackend;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The same numbers on the three backends of a {@link Comparison}. On each, they lie within a longer
 * run of storage, and all around them is NaN: a kernel that reads outside spoils its result, and
 * one that writes outside is seen by {@link #hasIntactGuards}.
 */
final class Operand {

  /** Elements of NaN behind the operand. */
  private static final int GUARD = 19;

  private final Comparison owner;
  private final float[] initial;
  private final int offset;
  private final Buffer tested;
  private final Buffer expected;
  private final Buffer magnitude;

  /**
   * @param magnitudes what stands for it where magnitudes are computed
   * @param offset elements of NaN before the operand, at least 1
   */
  Operand(Comparison owner, float[] initial, float[] magnitudes, int offset) {
    this.owner = owner;
    this.initial = initial.clone();
    this.offset = offset;
    tested = place(owner.tested(), initial);
    expected = place(owner.oracle(), initial);
    magnitude = place(owner.magnitudes(), magnitudes);
  }

  private Buffer place(Backend backend, float[] values) {
    float[] surrounded = new float[offset + values.length + GUARD];
    Arrays.fill(surrounded, Float.NaN);
    System.arraycopy(values, 0, surrounded, offset, values.length);
    Buffer whole = backend.allocate(surrounded.length);
    backend.upload(surrounded, 0, surrounded.length, whole);
    return whole;
  }

  int length() {
    return initial.length;
  }

  /** The operand's buffer on one of the three backends: a slice with an offset. */
  Buffer on(Backend backend) {
    return whole(backend).slice(offset, initial.length);
  }

  private Buffer whole(Backend backend) {
    if (backend == owner.tested()) {
      return tested;
    }
    return backend == owner.oracle() ? expected : magnitude;
  }

  /** What it held before any call. */
  float[] initial() {
    return initial.clone();
  }

  /** What the backend under test holds. */
  float[] actual() {
    float[] values = new float[initial.length];
    owner.tested().download(on(owner.tested()), values.length, values, 0);
    return values;
  }

  /** What the reference backend holds. */
  double[] expected() {
    return exact(owner.oracle());
  }

  /** What the reference backend makes of the absolute values of all operands. */
  double[] magnitude() {
    return exact(owner.magnitudes());
  }

  private double[] exact(ReferenceBackend backend) {
    return backend.values(on(backend), initial.length);
  }

  boolean hasIntactGuards() {
    float[] surrounded = new float[offset + initial.length + GUARD];
    owner.tested().download(tested, surrounded.length, surrounded, 0);
    for (int i = 0; i < surrounded.length; i++) {
      boolean guard = i < offset || i >= offset + initial.length;
      if (guard && !Float.isNaN(surrounded[i])) {
        return false;
      }
    }
    return true;
  }

  boolean isUnchanged() {
    float[] actual = actual();
    for (int i = 0; i < actual.length; i++) {
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(initial[i])) {
        return false;
      }
    }
    return true;
  }

  /** For optional arguments: null stays null. */
  static @Nullable Buffer on(Backend backend, @Nullable Operand operand) {
    return operand == null ? null : operand.on(backend);
  }
}
