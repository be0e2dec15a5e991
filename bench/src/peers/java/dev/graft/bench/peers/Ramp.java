package dev.graft.bench.peers;

/** A picture that takes no class of any engine to make, and what was seen in it. */
final class Ramp {

  private Ramp() {}

  /** {@code [3,224,224]} */
  static float[] picture() {
    float[] values = new float[3 * 224 * 224];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 7919 % 1000 / 500f - 1;
    }
    return values;
  }

  static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
