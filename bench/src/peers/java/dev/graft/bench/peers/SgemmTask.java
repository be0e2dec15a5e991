package dev.graft.bench.peers;

import dev.graft.core.backend.Rng;

/**
 * {@code C [m,n] = A [m,k] B [k,n]} on random matrices.
 *
 * @param m rows of A and C
 * @param n columns of B and C
 * @param k columns of A, rows of B
 */
record SgemmTask(int m, int n, int k) {

  /** Squares; convolutions unfolded, of ResNet and MobileNet; a head on one picture. */
  static final SgemmTask[] ALL = {
    new SgemmTask(256, 256, 256),
    new SgemmTask(512, 512, 512),
    new SgemmTask(1024, 1024, 1024),
    new SgemmTask(2048, 2048, 2048),
    new SgemmTask(64, 12544, 147),
    new SgemmTask(128, 784, 1152),
    new SgemmTask(512, 49, 4608),
    new SgemmTask(16, 12544, 32),
    new SgemmTask(960, 49, 160),
    new SgemmTask(1, 1000, 512),
  };

  Task task() {
    return Task.flops("sgemm", m + "," + n + "," + k, null, 2.0 * m * n * k);
  }

  float[] a() {
    return random(m * k, 1);
  }

  float[] b() {
    return random(k * n, 2);
  }

  private static float[] random(int count, long key) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Rng.uniform(key, i) - 0.5f;
    }
    return values;
  }
}
