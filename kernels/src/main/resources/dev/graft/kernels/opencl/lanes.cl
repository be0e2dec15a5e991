// Vectors as wide as the device likes them: VECTOR floats, given when built; one on a GPU, where
// neighbouring work-items are the vector.

#define JOIN_NAMES(a, b) a##b
#define JOIN(a, b) JOIN_NAMES(a, b)

#if VECTOR == 1
typedef float lanes;
#define LOAD(p) (*(p))
#define STORE(v, p) (*(p) = (v))
#else
typedef JOIN(float, VECTOR) lanes;
typedef JOIN(int, VECTOR) lane_numbers;
// At any address: vload wants no more alignment than a float has.
#define LOAD(p) JOIN(vload, VECTOR)(0, p)
#define STORE(v, p) JOIN(vstore, VECTOR)(v, 0, p)
#endif

#if VECTOR == 1
#define LANE_NUMBERS 0
#elif VECTOR == 4
#define LANE_NUMBERS ((int4)(0, 1, 2, 3))
#elif VECTOR == 8
#define LANE_NUMBERS ((int8)(0, 1, 2, 3, 4, 5, 6, 7))
#elif VECTOR == 16
#define LANE_NUMBERS ((int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15))
#endif

/// `length` pixels of a row of an image, `stride` apart: lane i is image[at + i * stride] where x + i *
/// stride lies within the row, else 0. Lanes from `length` on hold anything finite or not.
///
/// A whole vector is read where that stays within the buffer, even if it leaves the row: what lies
/// beside is masked. That is all but a few places at the ends of a buffer.
///
/// @param limit elements of the buffer that may be read
INLINE lanes load_run(__global const float *image, int limit, int at, int x, int width, int stride,
                      int length) {
#if VECTOR == 1
  return (uint)x < (uint)width ? image[at] : 0.0f;
#else
  if (stride == 1 && at >= 0 && at <= limit - VECTOR) {
    lanes v = LOAD(image + at);
    if (x < 0 || x > width - VECTOR) {
      lane_numbers place = x + LANE_NUMBERS;
      v = place >= 0 && place < width ? v : (lanes)(0.0f);
    }
    return v;
  }
  if (stride == 2 && at >= 0 && at <= limit - 2 * VECTOR) {
    lanes v = (lanes)(LOAD(image + at).even, LOAD(image + at + VECTOR).even);
    if (x < 0 || x > width - 2 * VECTOR) {
      lane_numbers place = x + 2 * LANE_NUMBERS;
      v = place >= 0 && place < width ? v : (lanes)(0.0f);
    }
    return v;
  }
  float v[VECTOR];
#pragma unroll
  for (int i = 0; i < VECTOR; i++) {
    v[i] = i < length && (uint)(x + i * stride) < (uint)width ? image[at + i * stride] : 0.0f;
  }
  return LOAD(v);
#endif
}

/// The sum of all lanes, as a tree.
INLINE float sum_of_lanes(lanes v) {
#if VECTOR == 16
  float8 eight = v.lo + v.hi;
  float4 four = eight.lo + eight.hi;
#elif VECTOR == 8
  float4 four = v.lo + v.hi;
#elif VECTOR == 4
  float4 four = v;
#endif
#if VECTOR == 1
  return v;
#else
  float2 two = four.lo + four.hi;
  return two.x + two.y;
#endif
}
