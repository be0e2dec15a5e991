// Sums, means and maxima over any axes.
//
// The tensor's axes are sorted into two layouts: one counts the outputs, the other the elements that
// are folded into each. Long folds are cut into parts of fixed length, whatever the device: part p of
// all outputs is one row of the result, and a second pass folds the rows. No chain of additions is
// long, which bounds the rounding error, and a single long sum still keeps the whole device busy.
//
//      outputs x elements         parts x outputs          outputs
//     [----part 0----|--1--]  ->  [p0 p0 p0 p0 ...]   ->   [y y y y ...]
//     [----part 0----|--1--]      [p1 p1 p1 p1 ...]

#define REDUCE(name, identity, fold, group_fold)                                               \
  /* One item an output and part: for short folds, and where neighbouring outputs are          \
     neighbours in memory, so that reading them is coalesced. */                               \
  __kernel void name##_alone(int outputs, int elements, int chunk, float divisor, Layout kept, \
                             Layout folded, __global const float *x, int x0,                   \
                             __global float *y, int y0) {                                      \
    int output = get_global_id(0);                                                             \
    int part = get_global_id(1);                                                               \
    int first = part * chunk;                                                                  \
    if (output >= outputs || (part > 0 && first >= elements)) {                                \
      return;                                                                                  \
    }                                                                                          \
    int base = x0 + place(output, &kept);                                                      \
    int count = min(chunk, elements - first);                                                  \
    float value = identity;                                                                    \
    for (int i = 0; i < count; i++) {                                                          \
      value = fold(value, x[base + place(first + i, &folded)]);                                \
    }                                                                                          \
    y[y0 + part * outputs + output] = value / divisor;                                         \
  }                                                                                            \
  /* One group an output and part: for long folds of neighbouring elements. The items of a     \
     group read side by side, then fold what each has gathered in a tree. */                   \
  __kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void name##_together(            \
      int outputs, int elements, int chunk, float divisor, Layout kept, Layout folded,         \
      __global const float *x, int x0, __global float *y, int y0) {                            \
    __local float tree[GROUP];                                                                 \
    int output = get_group_id(0);                                                              \
    int part = get_group_id(1);                                                                \
    int first = part * chunk;                                                                  \
    int base = x0 + place(output, &kept);                                                      \
    int count = min(chunk, elements - first);                                                  \
    float value = identity;                                                                    \
    for (int i = get_local_id(0); i < count; i += GROUP) {                                     \
      value = fold(value, x[base + place(first + i, &folded)]);                                \
    }                                                                                          \
    value = group_fold(value, tree);                                                           \
    if (get_local_id(0) == 0) {                                                                \
      y[y0 + part * outputs + output] = value / divisor;                                       \
    }                                                                                          \
  }

REDUCE(sum, 0.0f, PLUS, group_sum)
REDUCE(max, -INFINITY, larger, group_max)
