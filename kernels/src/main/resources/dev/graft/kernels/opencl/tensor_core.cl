// Tensor cores: what a warp multiplies with one instruction, in one of two formats.
//
//   TF32   1 bit of sign, 8 of exponent, 10 of mantissa, in a word of 32 bits whose last 13 are zero
//   BF16   1 bit of sign, 8 of exponent,  7 of mantissa; two that follow each other along k in a word,
//          the first one in the lower half
//
// Both have float32's range. Products are exact and sums are float32.
//
// mma.sync makes the 32 work-items of a warp compute C[16, 8] += A[16, k] B[k, 8] together: k = 8 in TF32,
// 16 in BF16, which are 8 words either way. Each work-item holds 4 words of A, 2 of B and 4 sums, and
// which ones is the same for both formats, counted in words (PTX ISA, "Warp-level matrix instructions",
// "Matrix fragments for mma.m16n8k8" and "... for mma.m16n8k16"). With lane = 4 g + t:
//
//            word of k                          column of B and C
//            0 1 2 3   4 5 6 7                  0    1    2   ..   7
//          +---------+---------+              +----+----+----+----+----+
//     g    | t=0 1 2 3 t=0 1 2 3|       t 0   |                        |
//   row 0  |  a[0]   |  a[2]   |          1   | b[0] of lanes 4 g + t  |   word of k: t
//    ..    | lanes 4 g + t     |          2   |                        |   column:    g
//   row 7  |         |         |          3   +------------------------+
//          +---------+---------+          4   |                        |
//   row 8  |  a[1]   |  a[3]   |         ..   | b[1] of lanes 4 g + t  |   word of k: t + 4
//    ..    | of row g + 8      |          7   |                        |
//   row 15 |         |         |              +------------------------+
//          +---------+---------+
//                                      C:  row g    : c[0] in column 2 t, c[1] in column 2 t + 1
//                                          row g + 8: c[2] in column 2 t, c[3] in column 2 t + 1
//
// Devices without such an instruction can do the same, so that whatever is built on it is tested
// everywhere; nobody would compute so for speed. Given when built: TF32 or BF16, and TENSOR_CORES where
// there are some (NVIDIA, compute capability 8.0 and above). Their compiler takes PTX inline.

#define LANES 32

#ifdef BF16
#define PER_WORD 2
#else
#define PER_WORD 1
#endif

// ---- rounding ----------------------------------------------------------------------------------
//
// To nearest, where the instruction would only cut off what a word of TF32 has no room for. In TF32
// ties go away from zero, as cvt.rna has it, in BF16 to even.

#ifdef TENSOR_CORES
#ifdef BF16
INLINE uint word_of(const float *elements) {
  uint word;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(elements[1]), "f"(elements[0]));
  return word;
}
#else
INLINE uint word_of(const float *elements) {
  uint word;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(word) : "f"(elements[0]));
  return word;
}
#endif
#else

// Half a unit of the last place that stays, and a carry moves on to the exponent as it should. A NaN could
// become an infinity by that.
#ifdef BF16
INLINE uint rounded(float x) {
  uint bits = as_uint(x);
  return isnan(x) ? 0x7fffu : (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
}

INLINE uint word_of(const float *elements) {
  return rounded(elements[0]) | rounded(elements[1]) << 16;
}

INLINE float multiply_words(uint left, uint right, float sum) {
  sum += as_float(left << 16) * as_float(right << 16);
  return sum + as_float(left & 0xffff0000u) * as_float(right & 0xffff0000u);
}
#else
INLINE uint word_of(const float *elements) {
  uint bits = as_uint(elements[0]);
  return isnan(elements[0]) ? 0x7fffe000u : (bits + 0x1000u) & 0xffffe000u;
}

INLINE float multiply_words(uint left, uint right, float sum) {
  return sum + as_float(left) * as_float(right);
}
#endif
#endif

// ---- C[16, 8] += A[16, 8 words] B[8 words, 8] --------------------------------------------------

#define A_WORDS 4
#define B_WORDS 2
#define SUMS 4

#ifdef TENSOR_CORES
#ifdef BF16
#define MMA "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"
#else
#define MMA "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"
#endif

// Words of local memory that a warp wants for it.
#define EXCHANGE 0

INLINE void mma(__local uint *exchange, int lane, const uint *a, const uint *b, float *c) {
  asm volatile(MMA " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}
#else
#define EXCHANGE (LANES * (A_WORDS + B_WORDS))

// Every work-item of the group comes here, however many warps it has: there are barriers.
INLINE void mma(__local uint *exchange, int lane, const uint *a, const uint *b, float *c) {
  // Others may still read what was multiplied before.
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = 0; i < A_WORDS; i++) {
    exchange[lane * (A_WORDS + B_WORDS) + i] = a[i];
  }
  for (int i = 0; i < B_WORDS; i++) {
    exchange[lane * (A_WORDS + B_WORDS) + A_WORDS + i] = b[i];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  int g = lane / 4;
  int t = lane % 4;
  for (int word = 0; word < 8; word++) {
    __local const uint *left = exchange + (4 * g + word % 4) * (A_WORDS + B_WORDS) + word / 4 * 2;
    for (int column = 0; column < 2; column++) {
      int holder = 4 * (2 * t + column) + word % 4;
      uint right = exchange[holder * (A_WORDS + B_WORDS) + A_WORDS + word / 4];
      c[column] = multiply_words(left[0], right, c[column]);
      c[2 + column] = multiply_words(left[1], right, c[2 + column]);
    }
  }
}
#endif
