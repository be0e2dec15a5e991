// One strided copy for permutations, slices, concatenations, pads and broadcasts.

/// A box of indices, innermost axis first, and the layouts of source and target over it.
typedef struct {
  int rank;
  int size[MAX_RANK];
  int x[MAX_RANK];
  int y[MAX_RANK];
} Box;

/// y[y0 + sum i_d y_d] = x[x0 + sum i_d x_d].
///
/// The axes come sorted by their strides in y: neighbouring items write neighbouring elements. In a
/// permutation the reads are then scattered, which costs less than scattered writes, since what a
/// read brings along stays in the cache for the neighbour to find.
__kernel void copy_box(Box box, __global const float *x, int x0, __global float *y, int y0) {
  int i = get_global_id(0);
  int j = get_global_id(1);
  int k = get_global_id(2);
  if (i < box.size[0] && j < box.size[1]) {
    int from = x0 + i * box.x[0] + j * box.x[1];
    int to = y0 + i * box.y[0] + j * box.y[1];
    for (int axis = 2; axis < box.rank; axis++) {
      int digit = axis == box.rank - 1 ? k : k % box.size[axis];
      k /= box.size[axis];
      from += digit * box.x[axis];
      to += digit * box.y[axis];
    }
    y[to] = x[from];
  }
}
