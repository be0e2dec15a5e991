// What all contractions share: the sizes, the arithmetic of indices, and what happens to an
// element before it is written.
//
// A contraction is a batch of matrix products
//
//     C[m, n] = finish(alpha * sum over k of A[m, k] * B[k, n])
//
// whose operands need not exist as matrices. A convolution is one of them, called an implicit GEMM
// (Chetlur et al., "cuDNN: Efficient Primitives for Deep Learning", 2014): the kernels compute
// where an element of the unfolded image would come from, and read it there.
//
//                       A [m, k]              B [k, n]                    C [m, n]
//   GEMM                as stored             as stored                   as stored
//   forward             weight                patches of x                y
//     m: output channel   k: (c, kh, kw)        n: (image, oh, ow)
//   gradient to x       weight, transposed    patches of dy               dx
//     m: input channel    k: (o, tap)           n: (image, ih, iw)
//   gradient to w       dy                    patches of x, transposed    dw
//     m: output channel   k: (image, oh, ow)    n: (c, kh, kw)
//
// "grid" below are the positions (image, y, x) that the patches are taken at: the pixels of the
// output, or one phase of the pixels of dx (see Phase.java).
//
// The order of the fields is that of Contraction.java. Only integers: no padding between them.
typedef struct {
  int products, m, n, k;

  // Elements from one row of A as stored to the next, and from one image of dy to the next.
  int left_stride, left_image;
  // Elements from one row of B as stored to the next; for a pointwise convolution from one channel
  // to the next.
  int right_stride;
  // From one product of the batch (or one group of a convolution) to the next.
  int left_batch, right_batch, out_batch, bias_batch;

  // C: from one row to the next, from one image to the next, and the place of (y, x) within.
  int out_row, out_image, out_first, out_step_y, out_step_x;
  // Whether the columns of C lie side by side and the grid is that of k: the gradient to a weight.
  int dense_columns;

  int grid_plane, grid_width;

  // The image that patches are taken from. in_elements is the end of it all: where it may be read.
  int in_height, in_width, in_plane, in_image, in_elements;
  int taps, kernel_width, stride_y, stride_x, dilation_y, dilation_x, pad_top, pad_left;

  // k is cut into so many parts of so many products each, summed apart.
  int splits, split_depth;
  // Rows and columns of C for a work-group of the CPU's kernel.
  int tile_rows, tile_columns;

  int has_bias, has_residual, activation;

  // For divisions by grid_plane, grid_width, taps and kernel_width.
  uint plane_multiplier, plane_shift, width_multiplier, width_shift;
  uint taps_multiplier, taps_shift, kernel_multiplier, kernel_shift;
} Contraction;

// What A is stored as. Core OpenCL C reads halves with vload_half, whether or not a device computes with
// them: cl_khr_fp16 is not needed.
#ifdef LEFT_HALVES
typedef half left_element;
#else
typedef float left_element;
#endif

// n / divisor without dividing, which GPUs do in some twenty instructions: exact for
// 0 <= n < 2^31. Granlund and Montgomery, "Division by Invariant Integers using Multiplication",
// PLDI 1994. See Divisor.java for the two numbers.
INLINE int quotient(int n, uint multiplier, uint shift) {
  return (int)((mul_hi((uint)n, multiplier) + (uint)n) >> shift);
}

// One instruction where the device has it: compilers may contract what stands in one expression.
// (PoCL's mad() is two, and fma() without the instruction is hundreds. Measured on PoCL: a product of
// 1024^3 took 1.4 times as long with mad.)
#pragma OPENCL FP_CONTRACT ON
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))

// ---- epilogue ----------------------------------------------------------------------------------

#define AFFINE 0
#define RELU 1
#define LEAKY_RELU 2
#define CLIP 3
#define SIGMOID 4
#define TANH 5
#define EXP 6
#define LOG 7
#define RSQRT 8

// f(x; p, q) of UnaryOp.java, for scalars and vectors. Comparisons are written so that NaN stays.
// The branch is the same for all work-items.
#define DEFINE_ACTIVATE(name, type)                                                         \
  INLINE type name(int activation, float p, float q, type x) {                              \
    switch (activation) {                                                                   \
      case AFFINE: return p * x + q;                                                        \
      case RELU: return x < (type)(0.0f) ? (type)(0.0f) : x;                                \
      case LEAKY_RELU: return x > (type)(0.0f) ? x : p * x;                                 \
      case CLIP: x = x < (type)(p) ? (type)(p) : x; return x > (type)(q) ? (type)(q) : x;   \
      case SIGMOID: return 1.0f / (1.0f + exp(-x));                                         \
      case TANH: return tanh(x);                                                            \
      case EXP: return exp(x);                                                              \
      case LOG: return log(x);                                                              \
      case RSQRT: return 1.0f / sqrt(x + p);                                                \
      default: return x;                                                                    \
    }                                                                                       \
  }

DEFINE_ACTIVATE(activate, float)

// C's element for column n: (image, y, x) of the grid. For a plain product the whole row is one
// image of one line.
INLINE int out_position(const Contraction *g, int n) {
  if (g->dense_columns) {
    return n;
  }
  int image = quotient(n, g->plane_multiplier, g->plane_shift);
  int pixel = n - image * g->grid_plane;
  int y = quotient(pixel, g->width_multiplier, g->width_shift);
  int x = pixel - y * g->grid_width;
  return image * g->out_image + g->out_first + y * g->out_step_y + x * g->out_step_x;
}

// What is written to c[at] for a finished sum: activation(alpha sum + beta c + bias + residual).
// scale holds alpha, beta and the two parameters of the activation. c is not read where beta is 0:
// it may hold anything, NaN too. The residual may be c itself: each element is read by the
// work-item that writes it, before it does.
INLINE float finish(const Contraction *g, float4 scale, float sum, __global const float *bias,
                    int channel, __global const float *residual, __global const float *c, size_t at) {
  float value = scale.x * sum;
  if (scale.y != 0.0f) {
    value += scale.y * c[at];
  }
  if (g->has_bias) {
    value += bias[channel];
  }
  if (g->has_residual) {
    value += residual[at];
  }
  return activate(g->activation, scale.z, scale.w, value);
}

#ifdef VECTOR
#if VECTOR > 1
DEFINE_ACTIVATE(activate_lanes, lanes)

/// The same for a vector of neighbours in a row of C.
INLINE lanes finish_lanes(const Contraction *g, float4 scale, lanes sum, __global const float *bias,
                          int channel, __global const float *residual, __global const float *c,
                          size_t at) {
  lanes value = scale.x * sum;
  if (scale.y != 0.0f) {
    value += scale.y * LOAD(c + at);
  }
  if (g->has_bias) {
    value += bias[channel];
  }
  if (g->has_residual) {
    value += LOAD(residual + at);
  }
  return activate_lanes(g->activation, scale.z, scale.w, value);
}
#endif
#endif
