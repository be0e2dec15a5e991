// The matrix product as its formula has it: one work-item an element of C, no tiles, no reuse. Every
// element of A is read n times and every element of B m times, so it runs at the speed of the caches:
// the thing to compare a tuned kernel with.

/// C = alpha op(A) op(B) + beta C for a batch of matrices, where op(A) is [m, k], op(B) [k, n].
///
/// Distances in memory: a_row from one row of op(A) to the next, a_column from one column to the
/// next, and so for B; a transposed operand has them exchanged.
///
///                         column (global id 0)
///                       B  . . # . .
///                          . . # . .
///                          . . # . .
///              A  . . .  C . . . . .
///            row  # # #    . . # . .
///                 . . .    . . . . .
///
/// Neighbouring items have neighbouring columns: they read one element of A together, and neighbours
/// of B, unless B is transposed.
__kernel void gemm_plain(int m, int n, int k, float alpha, float beta,
                         __global const float *a, int a0, int a_row, int a_column, int a_next,
                         __global const float *b, int b0, int b_row, int b_column, int b_next,
                         __global float *c, int c0, int c_next) {
  int column = get_global_id(0);
  int row = get_global_id(1);
  int item = get_global_id(2);
  if (column >= n || row >= m) {
    return;
  }
  int in_a = a0 + item * a_next + row * a_row;
  int in_b = b0 + item * b_next + column * b_column;
  float sum = 0.0f;
  for (int p = 0; p < k; p++) {
    sum += a[in_a + p * a_column] * b[in_b + p * b_row];
  }
  int in_c = c0 + item * c_next + row * n + column;
  // Not 0 * c: what lies there may be NaN.
  c[in_c] = beta == 0.0f ? alpha * sum : alpha * sum + beta * c[in_c];
}
