// One strided copy for permutations, slices, concatenations, pads and broadcasts.

/// A box of indices, innermost axis first, and the layouts of source and target over it.
typedef struct {
  int rank;
  int size[MAX_RANK];
  int x[MAX_RANK];
  int y[MAX_RANK];
} Box;

/// Where the k-th element along all axes from the third on lies in the source (x) and the target (y).
INLINE int2 outer_axes(const Box *box, int k) {
  int2 at = (int2)(0, 0);
  for (int axis = 2; axis < box->rank; axis++) {
    int digit = axis == box->rank - 1 ? k : k % box->size[axis];
    k /= box->size[axis];
    at.x += digit * box->x[axis];
    at.y += digit * box->y[axis];
  }
  return at;
}

/// y[y0 + sum i_d y_d] = x[x0 + sum i_d x_d].
///
/// The axes come sorted by their strides in y: neighbouring items write neighbouring elements. In a
/// permutation the reads are then scattered, which costs less than scattered writes, since what a
/// read brings along stays in the cache for the neighbour to find.
__kernel void copy_box(Box box, __global const float *x, int x0, __global float *y, int y0) {
  int i = get_global_id(0);
  int j = get_global_id(1);
  if (i < box.size[0] && j < box.size[1]) {
    int2 outer = outer_axes(&box, get_global_id(2));
    int from = x0 + outer.x + i * box.x[0] + j * box.x[1];
    int to = y0 + outer.y + i * box.y[0] + j * box.y[1];
    y[to] = x[from];
  }
}

#ifdef SIDE
/// The same where the source runs along axis 1 and the target along axis 0: a transposition, by way of
/// a square of SIDE x SIDE elements in local memory, so that reads and writes are both coalesced.
///
///        x                   tile                     y
///      i | 0 1 2 3         | 0 1 2 3 #              j | 0 4 8 c
///      v | 4 5 6 7   -->   | 4 5 6 7 #   -->        v | 1 5 9 d
///        | 8 9 a b         | 8 9 a b #                | 2 6 a e
///        | c d e f         | c d e f #                | 3 7 b f
///          j ->              rows in, columns out       i ->
///
/// The items of a warp read a column of the tile. Local memory has 32 banks, one float wide, and
/// with rows of 32 a column would lie in one of them, read one element a cycle. One more in each
/// row (#), which nobody uses, puts it into 32 different ones. (Ruetsch and Micikevicius,
/// "Optimizing Matrix Transpose in CUDA", NVIDIA 2009.)
///
/// A group has SIDE x ROWS items; each moves SIDE / ROWS elements in and as many out.
__kernel __attribute__((reqd_work_group_size(SIDE, ROWS, 1)))
void copy_turned(Box box, __global const float *x, int x0, __global float *y, int y0) {
  __local float tile[SIDE][SIDE + 1];
  int column = get_local_id(0);
  int row = get_local_id(1);
  int i = get_group_id(0) * SIDE;
  int j = get_group_id(1) * SIDE;
  int2 outer = outer_axes(&box, get_group_id(2));
  int from = x0 + outer.x;
  int to = y0 + outer.y;
  for (int r = row; r < SIDE; r += ROWS) {
    if (i + r < box.size[0] && j + column < box.size[1]) {
      tile[r][column] = x[from + (i + r) * box.x[0] + (j + column) * box.x[1]];
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int r = row; r < SIDE; r += ROWS) {
    if (i + column < box.size[0] && j + r < box.size[1]) {
      y[to + (i + column) * box.y[0] + (j + r) * box.y[1]] = tile[column][r];
    }
  }
}
#endif
