// Shared by all programs of the OpenCL backend: compiled in front of each of them.
//
// Every kernel follows the same conventions.
//
// * Operands are float arrays in row-major order. One is given as a pair (pointer, offset): a slice
//   of a buffer is the same memory object with another offset.
// * Global id 0 runs along the innermost axis. Neighbouring work-items then touch neighbouring
//   addresses, and the hardware serves a whole warp (32 or 64 items) with one or two reads of 128
//   bytes ("coalesced") where scattered addresses would cost it one read an item.
//
//       item      0   1   2   3   4   5   6   7  ...
//       address  [ ] [ ] [ ] [ ] [ ] [ ] [ ] [ ] ...     one line of memory, one transaction
//
// * The range is rounded up to whole work-groups along ids 0 and 1, so each item first asks whether it
//   has work. Id 2 never goes beyond its range.
//   No item returns before a barrier that others of its group still have to reach.
// * Nothing here is double: many laptop GPUs do not have it.
// * Every sum has one order, which depends on the shape alone: the same call gives the same bits.

// No function but the kernels stands alone. In C99, whose rules these are, `inline` by itself leaves
// nothing to call where a compiler chooses not to inline: an undefined symbol to those that are strict
// about it. And PoCL 3.1 gets functions wrong that were not inlined: with `static inline` alone the
// gradient to a weight came out as noise. So functions begin with INLINE.
#define INLINE static inline __attribute__((always_inline))

#define MAX_RANK 8

/// Axes of a tensor, innermost first, and the distance of neighbours along each.
typedef struct {
  int rank;
  int size[MAX_RANK];
  int stride[MAX_RANK];
} Layout;

/// Where the index-th element (in row-major order) of a layout lies: the index is taken apart into
/// one digit an axis, like a number with mixed bases. The last axis needs no division.
INLINE int place(int index, const Layout *layout) {
  int position = 0;
  int last = layout->rank - 1;
  for (int axis = 0; axis < last; axis++) {
    position += index % layout->size[axis] * layout->stride[axis];
    index /= layout->size[axis];
  }
  return last < 0 ? 0 : position + index * layout->stride[last];
}

/// The larger of two, NaN if either is. (fmax would drop the NaN.)
INLINE float larger(float a, float b) {
  return a > b || isnan(a) ? a : b;
}

/// The smaller of two, NaN if either is.
INLINE float smaller(float a, float b) {
  return a < b || isnan(a) ? a : b;
}

/// Some libraries never reach 1. Beyond 10 the float nearest to tanh(x) is 1.
INLINE float saturating_tanh(float x) {
  return fabs(x) > 10.0f ? copysign(1.0f, x) : tanh(x);
}

// ---- trees ------------------------------------------------------------------------------------
//
// GROUP work-items hold one number each and want their sum. Adding them one after the other would
// take GROUP steps; as a tree it takes log2(GROUP), half of the items going idle in each:
//
//     0   1   2   3   4   5   6   7        tree[i] += tree[i + 4]     for i < 4
//     |   |   |   |  /   /   /   /
//     0   1   2   3                        tree[i] += tree[i + 2]     for i < 2
//     |   |  /   /
//     0   1                                tree[i] += tree[i + 1]     for i < 1
//     | /
//     0                                    the sum, in tree[0]
//
// The distance is halved rather than doubled so that the items at work stay neighbours (whole warps
// retire) and read neighbouring banks of local memory. Every round ends at a barrier, outside of the
// condition, since all items of the group must reach it.

#define TREE(fold)                                                   \
  int item = get_local_id(0);                                        \
  tree[item] = value;                                                \
  barrier(CLK_LOCAL_MEM_FENCE);                                      \
  for (int distance = GROUP / 2; distance > 0; distance /= 2) {      \
    if (item < distance) {                                           \
      tree[item] = fold(tree[item], tree[item + distance]);          \
    }                                                                \
    barrier(CLK_LOCAL_MEM_FENCE);                                    \
  }                                                                  \
  float result = tree[0];                                            \
  /* Before anybody uses the memory for the next tree. */            \
  barrier(CLK_LOCAL_MEM_FENCE);                                      \
  return result;

#define PLUS(a, b) ((a) + (b))

/// The sum of value over the group, for every item of it.
INLINE float group_sum(float value, __local float *tree) {
  TREE(PLUS)
}

/// The largest value in the group, for every item of it.
INLINE float group_max(float value, __local float *tree) {
  TREE(larger)
}

/// Between low and high; NaN stays.
INLINE float clip(float x, float low, float high) {
  float raised = x < low ? low : x;
  return raised > high ? high : raised;
}
