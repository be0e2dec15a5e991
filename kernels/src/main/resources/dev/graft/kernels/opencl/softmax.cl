// Softmax, its logarithm and their gradients along the middle axis of [outer, n, inner]. A row is the
// n elements that have outer and inner index in common.
//
// Long rows: one group a row, whose items walk through it side by side and meet in a tree for the
// maximum and once more for the sum. Short rows, and rows that lie across memory: one item a row.
//
// Additions go in blocks: BLOCK of them, then the blocks' sums, so that the rounding errors of a long
// row stay small.

#define BLOCK 64

/// sum of `term` over the row's elements i = start, start + step, ...
#define SUM_OF(term, start, step)                                          \
  float sum = 0.0f;                                                        \
  for (int block = start; block < n; block += BLOCK * step) {              \
    float part = 0.0f;                                                     \
    for (int b = 0; b < BLOCK && block + b * step < n; b++) {              \
      int i = base + (block + b * step) * inner;                           \
      part += term;                                                        \
    }                                                                      \
    sum += part;                                                           \
  }

/// Two kernels from one body. `fold_max` and `fold_sum` join the items of a group; one item alone has
/// nothing to join.
#define ROWS(name, parameters, body)                                                           \
  __kernel void name##_alone(int outer, int n, int inner, parameters) {                        \
    int across = get_global_id(0);                                                             \
    int along = get_global_id(1);                                                              \
    if (across >= inner || along >= outer) {                                                   \
      return;                                                                                  \
    }                                                                                          \
    int base = along * n * inner + across;                                                     \
    body(0, 1, ALONE, ALONE)                                                                   \
  }                                                                                            \
  __kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void name##_together(            \
      int outer, int n, int inner, parameters) {                                               \
    __local float tree[GROUP];                                                                 \
    int base = (int)get_group_id(1) * n * inner + (int)get_group_id(0);                        \
    int item_of_row = get_local_id(0);                                                         \
    body(item_of_row, GROUP, MAX_TOGETHER, SUM_TOGETHER)                                       \
  }

#define COMMA ,
#define ALONE(value) value
#define MAX_TOGETHER(value) group_max(value, tree)
#define SUM_TOGETHER(value) group_sum(value, tree)

#define LARGEST(start, step, fold_max)                \
  float largest = -INFINITY;                          \
  for (int j = start; j < n; j += step) {             \
    largest = larger(largest, x[x0 + base + j * inner]); \
  }                                                   \
  largest = fold_max(largest);

#define IN_TO_OUT \
  __global const float *x COMMA int x0 COMMA __global float *y COMMA int y0

/// y = exp(x - max) / sum exp(x - max). The maximum keeps exp from overflowing.
#define SOFTMAX(start, step, fold_max, fold_sum)                             \
  LARGEST(start, step, fold_max)                                             \
  SUM_OF(exp(x[x0 + i] - largest), start, step)                              \
  sum = fold_sum(sum);                                                       \
  for (int j = start; j < n; j += step) {                                    \
    int i = base + j * inner;                                                \
    y[y0 + i] = exp(x[x0 + i] - largest) / sum;                              \
  }

ROWS(softmax, IN_TO_OUT, SOFTMAX)

/// y = x - max - log sum exp(x - max).
#define LOG_SOFTMAX(start, step, fold_max, fold_sum)                         \
  LARGEST(start, step, fold_max)                                             \
  SUM_OF(exp(x[x0 + i] - largest), start, step)                              \
  float log_sum = log(fold_sum(sum));                                        \
  for (int j = start; j < n; j += step) {                                    \
    int i = base + j * inner;                                                \
    y[y0 + i] = x[x0 + i] - largest - log_sum;                               \
  }

ROWS(log_softmax, IN_TO_OUT, LOG_SOFTMAX)

#define GRADIENTS_TO_OUT                                                                  \
  __global const float *y COMMA int y0 COMMA __global const float *dy COMMA int dy0 COMMA \
  __global float *dx COMMA int dx0

/// dx = y (dy - sum dy y).
#define SOFTMAX_GRADIENT(start, step, fold_max, fold_sum)                    \
  SUM_OF(dy[dy0 + i] * y[y0 + i], start, step)                               \
  sum = fold_sum(sum);                                                       \
  for (int j = start; j < n; j += step) {                                    \
    int i = base + j * inner;                                                \
    dx[dx0 + i] = y[y0 + i] * (dy[dy0 + i] - sum);                           \
  }

ROWS(softmax_gradient, GRADIENTS_TO_OUT, SOFTMAX_GRADIENT)

/// dx = dy - exp(y) sum dy.
#define LOG_SOFTMAX_GRADIENT(start, step, fold_max, fold_sum)                \
  SUM_OF(dy[dy0 + i], start, step)                                           \
  sum = fold_sum(sum);                                                       \
  for (int j = start; j < n; j += step) {                                    \
    int i = base + j * inner;                                                \
    dx[dx0 + i] = dy[dy0 + i] - exp(y[y0 + i]) * sum;                        \
  }

ROWS(log_softmax_gradient, GRADIENTS_TO_OUT, LOG_SOFTMAX_GRADIENT)
