// Counter-based random numbers: the i-th number of a stream is a pure function of a key and i, so
// each work-item draws its own, and the backward pass draws the same again instead of keeping a mask.

/// 64 random bits: the output mix of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) of
/// key + (index + 1) * golden gamma. Integer arithmetic, so the bits are those of Rng in Java.
INLINE ulong random_bits(ulong key, ulong index) {
  ulong z = key + (index + 1) * 0x9E3779B97F4A7C15UL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
  return z ^ (z >> 31);
}

/// Inverted dropout: y = x scale where the uniform number of this element is at least the ratio,
/// else zero. The uniform number has 24 bits: it is compared as an integer, without rounding.
///
/// least: ceil(ratio * 2^24)
__kernel void dropout(int n, int least, float scale, ulong key, __global const float *x, int x0,
                      __global float *y, int y0) {
  int i = get_global_id(0);
  if (i < n) {
    int uniform_bits = (int)(random_bits(key, (ulong)i) >> 40);
    y[y0 + i] = uniform_bits >= least ? x[x0 + i] * scale : 0.0f;
  }
}
