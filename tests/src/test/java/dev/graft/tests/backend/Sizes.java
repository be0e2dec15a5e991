package dev.graft.tests.backend;

import dev.graft.core.backend.Rng;

/** Sizes at which kernels go wrong: around vector lanes, register tiles and cache blocks. */
final class Sizes {

  /** One less than, exactly, and one more than 2, 8, 16, 32 and 64, and some beyond. */
  static final int[] EDGES = {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 129, 257};

  /** Long enough to be cut into chunks for several threads, and not a multiple of anything. */
  static final int LONG = 70_001;

  private Sizes() {}

  /** The {@code index}-th edge size drawn from the stream {@code key}. */
  static int draw(long key, int index) {
    return EDGES[Rng.below(key, index, EDGES.length)];
  }
}
