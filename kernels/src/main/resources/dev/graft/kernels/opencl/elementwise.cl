// Functions of one and two operands: one work-item an element. They do almost no arithmetic, so
// their speed is that of memory: all that matters is that accesses are coalesced.

/// y[0...n) = value.
__kernel void fill(int n, float value, __global float *y, int y0) {
  int i = get_global_id(0);
  if (i < n) {
    y[y0 + i] = value;
  }
}

// ---- y = f(x; alpha, beta) ---------------------------------------------------------------------

// The formulas are those of UnaryOp.java, which FunctionSource writes below this file.
#define UNARY(name, formula)                                                                   \
  __kernel void unary_##name(int n, float alpha, float beta, __global const float *input,      \
                             int x0, __global float *y, int y0) {                              \
    int i = get_global_id(0);                                                                  \
    if (i < n) {                                                                               \
      float x = input[x0 + i];                                                                 \
      y[y0 + i] = formula;                                                                     \
    }                                                                                          \
  }

// ---- dx = dy f'(saved; alpha, beta) ------------------------------------------------------------

#define GRADIENT(name, formula)                                                                \
  __kernel void gradient_##name(int n, float alpha, float beta, __global const float *saved,   \
                                int s0, __global const float *gradient, int dy0,               \
                                __global float *dx, int dx0) {                                 \
    int i = get_global_id(0);                                                                  \
    if (i < n) {                                                                               \
      float x = saved[s0 + i]; /* Or y, or, where nothing is saved, what lies there. */        \
      float dy = gradient[dy0 + i];                                                            \
      dx[dx0 + i] = formula;                                                                   \
    }                                                                                          \
  }

// ---- y = a o b ---------------------------------------------------------------------------------

/// A box of indices, innermost axis first, and the layouts of two operands and the result over it.
/// A stride of zero repeats an operand along an axis: that is all there is to broadcasting.
typedef struct {
  int rank;
  int size[MAX_RANK];
  int a[MAX_RANK];
  int b[MAX_RANK];
  int y[MAX_RANK];
} Broadcast;

// Global ids 0 and 1 are the two innermost axes, so that most calls need no division; id 2 counts
// through all others.
#define BINARY(name, formula)                                                                  \
  __kernel void binary_##name(Broadcast box, __global const float *a, int a0,                  \
                              __global const float *b, int b0, __global float *y, int y0) {    \
    int i = get_global_id(0);                                                                  \
    int j = get_global_id(1);                                                                  \
    int k = get_global_id(2);                                                                  \
    if (i < box.size[0] && j < box.size[1]) {                                                  \
      int in_a = a0 + i * box.a[0] + j * box.a[1];                                             \
      int in_b = b0 + i * box.b[0] + j * box.b[1];                                             \
      int in_y = y0 + i * box.y[0] + j * box.y[1];                                             \
      for (int axis = 2; axis < box.rank; axis++) {                                            \
        int digit = axis == box.rank - 1 ? k : k % box.size[axis];                             \
        k /= box.size[axis];                                                                   \
        in_a += digit * box.a[axis];                                                           \
        in_b += digit * box.b[axis];                                                           \
        in_y += digit * box.y[axis];                                                           \
      }                                                                                        \
      float u = a[in_a];                                                                       \
      float v = b[in_b];                                                                       \
      y[in_y] = formula;                                                                       \
    }                                                                                          \
  }

BINARY(add, u + v)
BINARY(sub, u - v)
BINARY(mul, u * v)
BINARY(div, u / v)
BINARY(max, larger(u, v))
BINARY(min, smaller(u, v))
BINARY(pow, pow(u, v))
BINARY(greater, u > v ? 1 : 0)
BINARY(equal, u == v ? 1 : 0)
BINARY(keep, v != 0 ? u : 0)
BINARY(drop, v != 0 ? 0 : u)

/// y += alpha x.
__kernel void axpy(int n, float alpha, __global const float *x, int x0, __global float *y, int y0) {
  int i = get_global_id(0);
  if (i < n) {
    y[y0 + i] += alpha * x[x0 + i];
  }
}
