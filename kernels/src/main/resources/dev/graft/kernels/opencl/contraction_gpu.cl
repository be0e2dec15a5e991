// Contractions on a GPU: tiles in local memory, smaller tiles in registers.
//
// Why: a product of n x n matrices reads each element n times. From global memory that would take
// a hundred times what it delivers. So a work-group copies TILE_M x TILE_K of A and
// TILE_K x TILE_N of B into local memory once, where all its work-items read them; and each
// work-item keeps WORK_M x WORK_N sums in registers, so that WORK_M + WORK_N reads from local
// memory feed WORK_M * WORK_N multiplications. (Volkov and Demmel, "Benchmarking GPUs to tune dense
// linear algebra", SC 2008; Nath, Tomov and Dongarra, "An improved MAGMA GEMM for Fermi GPUs",
// 2010; Nugteren, "CLBlast", IWOCL 2018.)
//
//                               TILE_N
//                   k     +-----------------+
//                   |     |    B (right)    | TILE_K
//                   v     +-----------------+
//             k ->                 |
//            +------+     +--------|--------+
//            |      |     |  . . . | . . .  |
//   TILE_M   |  A   |     |  ----- # -----  |     # WORK_M x WORK_N sums of one work-item,
//            |(left)| --> |  . . . | . . .  |       in pieces of 4 x 4 that lie
//            |      |     |  ----- # -----  |       4 * ITEMS_M rows and 4 * ITEMS_N columns apart
//            +------+     +-----------------+
//             TILE_K               C
//
// In pieces: neighbouring work-items then read neighbouring float4s of a row of B, which are all
// banks of the local memory one after the other. With WORK_N columns side by side their reads
// would be WORK_N floats apart and meet in the same bank.
//
// Both tiles stand with k as their row, whatever way the operand is stored, so that the inner
// loop reads float4s along m and along n. Where the operand is stored the other way (k is what
// runs fastest in memory), work-items that neighbour in memory write to local memory one row
// apart. A row is therefore PAD floats longer than the tile: 4 moves the next row by four banks, and
// the 8 rows by 4 columns that 32 work-items write fall into 32 different banks.
//
// The next tile is read into registers while the present one is multiplied, so that the latency of
// global memory hides behind arithmetic. With two tiles in local memory (BUFFERS = 2) one barrier a
// step suffices: a work-item that is ahead writes the tile that nobody reads.
//
// Every element is summed over k in ascending order, or over each part of k where it is split.
//
// Outside the matrices tiles hold zero and nothing is written. Barriers stand where all work-items
// of a group pass: the number of steps depends on sizes alone.
//
// Given when built (Tile.java): TILE_M, TILE_N, TILE_K, WORK_M, WORK_N, ITEMS, BUFFERS,
// UNROLL (products of a tile written out one after the other), and how the operands are read: see
// contraction_read.cl, which stands before this file.

#define ITEMS_M (TILE_M / WORK_M)
#define ITEMS_N (TILE_N / WORK_N)
#define PAD 4
#define LEFT_ROW (TILE_M + PAD)
#define RIGHT_ROW (TILE_N + PAD)

// Work-group (x, y, z): tile x along n, tile y along m, and z = product * splits + split.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void contract(const Contraction sizes, const float4 scale, __global const left_element *a, int a0,
              __global const float *b, int b0, __global const float *bias, int bias0,
              __global const float *residual, int residual0, __global float *c, int c0) {
  // float4, so that the compiler knows the alignment.
  __local float4 tiles[BUFFERS * TILE_K * (LEFT_ROW + RIGHT_ROW) / 4];
  __local float4 *left_tile = tiles;
  __local float4 *right_tile = tiles + BUFFERS * TILE_K * LEFT_ROW / 4;
  __local float *left_floats = (__local float *)left_tile;
  __local float *right_floats = (__local float *)right_tile;

  const Contraction *g = &sizes;
  int id = get_local_id(0);
  int item_m = id / ITEMS_N;
  int item_n = id % ITEMS_N;
  int first_m = get_group_id(1) * TILE_M;
  int first_n = get_group_id(0) * TILE_N;
  int product = get_group_id(2) / g->splits;
  int split = get_group_id(2) % g->splits;
  int begin = split * g->split_depth;
  int end = min(g->k, begin + g->split_depth);

  a += (size_t)a0 + (size_t)product * g->left_batch;
  b += (size_t)b0 + (size_t)product * g->right_batch;

  float4 sums[WORK_M][WORK_N / 4];
#pragma unroll
  for (int i = 0; i < WORK_M; i++) {
#pragma unroll
    for (int j = 0; j < WORK_N / 4; j++) {
      sums[i][j] = (float4)(0.0f);
    }
  }

  Columns columns;
  find_columns(g, first_n, id, &columns);
  float next_left[LEFT_COPIES];
  float next_right[RIGHT_COPIES];
  read_left(g, a, first_m, begin, end, id, next_left);
  read_right(g, b, &columns, first_n, begin, end, id, next_right);

  int buffer = 0;
  for (int k = begin; k < end; k += TILE_K) {
    __local float *left_step = left_floats + buffer * TILE_K * LEFT_ROW;
    __local float *right_step = right_floats + buffer * TILE_K * RIGHT_ROW;
#pragma unroll
    for (int i = 0; i < LEFT_COPIES; i++) {
      left_step[LEFT_K(id, i) * LEFT_ROW + LEFT_M(id, i)] = next_left[i];
    }
#pragma unroll
    for (int i = 0; i < RIGHT_COPIES; i++) {
      right_step[RIGHT_K(id, i) * RIGHT_ROW + RIGHT_N(id, i)] = next_right[i];
    }
    barrier(CLK_LOCAL_MEM_FENCE);

    // Behind the last step this reads nothing: all of it is beyond the end.
    read_left(g, a, first_m, k + TILE_K, end, id, next_left);
    read_right(g, b, &columns, first_n, k + TILE_K, end, id, next_right);

    __local const float4 *left = left_tile + buffer * (TILE_K * LEFT_ROW / 4) + item_m;
    __local const float4 *right = right_tile + buffer * (TILE_K * RIGHT_ROW / 4) + item_n;
#pragma unroll UNROLL
    for (int kk = 0; kk < TILE_K; kk++) {
      float4 rows[WORK_M / 4];
      float4 columns4[WORK_N / 4];
#pragma unroll
      for (int i = 0; i < WORK_M / 4; i++) {
        rows[i] = left[kk * (LEFT_ROW / 4) + i * ITEMS_M];
      }
#pragma unroll
      for (int j = 0; j < WORK_N / 4; j++) {
        columns4[j] = right[kk * (RIGHT_ROW / 4) + j * ITEMS_N];
      }
#pragma unroll
      for (int i = 0; i < WORK_M / 4; i++) {
#pragma unroll
        for (int j = 0; j < WORK_N / 4; j++) {
          sums[4 * i][j] = MULTIPLY_ADD((float4)(rows[i].x), columns4[j], sums[4 * i][j]);
          sums[4 * i + 1][j] = MULTIPLY_ADD((float4)(rows[i].y), columns4[j], sums[4 * i + 1][j]);
          sums[4 * i + 2][j] = MULTIPLY_ADD((float4)(rows[i].z), columns4[j], sums[4 * i + 2][j]);
          sums[4 * i + 3][j] = MULTIPLY_ADD((float4)(rows[i].w), columns4[j], sums[4 * i + 3][j]);
        }
      }
    }
#if BUFFERS == 2
    buffer ^= 1;
#else
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
  }

  // Registers to C by way of local memory, which nobody needs any more: one row of each work-item at a
  // time, so that neighbours write neighbours, and the epilogue stands here once and not for each of
  // the WORK_M * WORK_N sums.
  int n = first_n + id % TILE_N;
  int position = out_position(g, min(n, g->n - 1));
#if UNROLL > 1
#pragma unroll
#endif
  for (int i = 0; i < WORK_M; i++) {
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (int j = 0; j < WORK_N / 4; j++) {
      tiles[item_m * (TILE_N / 4) + j * ITEMS_N + item_n] = sums[i][j];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int row = id / TILE_N; row < ITEMS_M; row += ITEMS / TILE_N) {
      int m = first_m + (i / 4) * 4 * ITEMS_M + row * 4 + i % 4;
      float sum = ((__local float *)tiles)[row * TILE_N + id % TILE_N];
      if (m < g->m && n < g->n) {
        if (g->splits > 1) {
          c[c0 + (get_group_id(2) * g->m + m) * g->n + n] = sum;
        } else {
          size_t at = (size_t)product * g->out_batch + (size_t)m * g->out_row + position;
          c[c0 + at] = finish(g, scale, sum, bias + bias0, product * g->bias_batch + m,
                              residual + residual0, c + c0, at);
        }
      }
    }
  }
}
