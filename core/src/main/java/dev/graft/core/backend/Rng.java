package dev.graft.core.backend;

/**
 * Counter-based random numbers: the i-th number of a stream is a pure function of a key and i, so
 * any part of a stream can be drawn by any thread, in any order, again and again, with the same
 * bits.
 *
 * <p>The function is the output mix of SplitMix64 (Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014) applied to {@code key + (i + 1) * golden gamma}.
 */
public final class Rng {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private Rng() {}

  /** The key of a sub-stream: different parts give unrelated streams. */
  public static long key(long seed, long... parts) {
    long key = mix(seed + GOLDEN_GAMMA);
    for (long part : parts) {
      key = mix(key ^ mix(part + GOLDEN_GAMMA));
    }
    return key;
  }

  /** The key of a sub-stream named by a string, for example a layer's name. */
  public static long key(long seed, String part) {
    return key(seed, hash(part));
  }

  /** 64 random bits: element {@code index} of the stream {@code key}. */
  public static long bits(long key, long index) {
    return mix(key + (index + 1) * GOLDEN_GAMMA);
  }

  /** Uniform in [0, 1) with 24 random bits, exact in float. */
  public static float uniform(long key, long index) {
    return (bits(key, index) >>> 40) * 0x1p-24f;
  }

  /** Uniform in [0, 1) with 53 random bits. */
  public static double uniformDouble(long key, long index) {
    return (bits(key, index) >>> 11) * 0x1p-53;
  }

  /** A whole number in [0, bound), for {@code bound >= 1}. */
  public static int below(long key, long index, int bound) {
    return (int) (((bits(key, index) >>> 32) * bound) >>> 32);
  }

  /** Standard normal, by the Box-Muller transform of two uniforms. */
  public static double gaussian(long key, long index) {
    double u = 1.0 - uniformDouble(key, 2 * index);
    double v = uniformDouble(key, 2 * index + 1);
    return StrictMath.sqrt(-2.0 * StrictMath.log(u)) * StrictMath.cos(2.0 * Math.PI * v);
  }

  /** A permutation of 0 … size-1 by Fisher-Yates. */
  public static int[] permutation(long key, int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    for (int i = size - 1; i > 0; i--) {
      int j = below(key, i, i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
    return order;
  }

  private static long hash(String text) {
    long h = 1125899906842597L;
    for (int i = 0; i < text.length(); i++) {
      h = 31 * h + text.charAt(i);
    }
    return h;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
