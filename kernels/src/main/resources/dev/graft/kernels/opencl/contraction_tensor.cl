// Contractions on tensor cores: tiles in local memory, fragments of them in registers.
//
// As contraction_gpu.cl, but what multiplies is a warp and not a work-item: it keeps WARP_M x WARP_N sums,
// as fragments of 16 x 8 that tensor_core.cl draws, and reads WARP_M / 16 fragments of A and WARP_N / 8 of B
// for every 8 words along k. Operands are float32 in memory; they are rounded once, on their way into local
// memory, where a word holds one element (TF32) or two (BF16).
//
//                               TILE_N
//                         +--------+--------+
//                         | B      |        | WORDS
//                         +--------+--------+
//            +------+     +--------+--------+
//            | A    |     | warp 0 | warp 1 |  WARP_M
//   TILE_M   +------+     +--------+--------+
//            |      |     | warp 2 | warp 3 |
//            +------+     +--------+--------+
//             WORDS         WARP_N
//
// Banks. Both tiles stand with the word of k as their row. A fragment is read by 32 lanes at rows t = 0..3
// and columns g = 0..7: if rows followed each other without further ado, all of t would meet in the same
// banks. And where k runs fastest in memory, work-items write the rows of one column. So column m of row w
// stands at m ^ SWIZZLE(w), which moves it within its 32 banks:
//
//      bit of the bank   4  3 | 2  1  0
//      read: the lane's  t    | g ^ constant      all 32 differ
//      written along k   w % 4| w / 4, then m     all 32 differ
//      written along m   m ^ constant             all 32 differ
//
// The next tiles are read into registers while the present ones are multiplied; there are two of each
// in local memory, so that one barrier a step suffices.
//
// Every element is summed over k in ascending order, a step of mma at a time, or over each part of k where
// it is split; within a step the order is the hardware's, and the same each time.
//
// Given when built (TensorTile.java): TILE_M, TILE_N, TILE_K, WARP_M, WARP_N, ITEMS, UNROLL (1 where
// mma is emulated), what tensor_core.cl wants, and how the operands are read: see contraction_read.cl.

#define WARPS_N (TILE_N / WARP_N)
#define ROWS (WARP_M / 16)
#define COLUMNS (WARP_N / 8)
#define SWIZZLE(word) (8 * ((word) % 4) + 32 / WORDS * ((word) / 4))
#define LEFT_TILE (WORDS * TILE_M)
#define RIGHT_TILE (WORDS * TILE_N)

// Sums on their way to memory, 16 rows of each row of warps: with 8 more than a row has, the pairs that
// 16 lanes write fall into 32 different banks.
#define STAGED_ROWS (TILE_M / WARP_M * 16)
#define STAGED_ROW (TILE_N + 8)

// Words of local memory: for two of each tile while there are products, for sums afterwards.
#define TILES (2 * (LEFT_TILE + RIGHT_TILE))
#define STAGED (STAGED_ROWS * STAGED_ROW)

INLINE void store_left(__local uint *tile, float next[PER_WORD][LEFT_COPIES], int id) {
#pragma unroll UNROLL
  for (int i = 0; i < LEFT_COPIES; i++) {
    float elements[PER_WORD];
#pragma unroll UNROLL
    for (int j = 0; j < PER_WORD; j++) {
      elements[j] = next[j][i];
    }
    int word = LEFT_WORD(id, i);
    tile[word * TILE_M + (LEFT_M(id, i) ^ SWIZZLE(word))] = word_of(elements);
  }
}

INLINE void store_right(__local uint *tile, float next[PER_WORD][RIGHT_COPIES], int id) {
#pragma unroll UNROLL
  for (int i = 0; i < RIGHT_COPIES; i++) {
    float elements[PER_WORD];
#pragma unroll UNROLL
    for (int j = 0; j < PER_WORD; j++) {
      elements[j] = next[j][i];
    }
    int word = RIGHT_WORD(id, i);
    tile[word * TILE_N + (RIGHT_N(id, i) ^ SWIZZLE(word))] = word_of(elements);
  }
}

// Work-group (x, y, z): tile x along n, tile y along m, and z = product * splits + split.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void contract(const Contraction sizes, const float4 scale, __global const float *a, int a0,
              __global const float *b, int b0, __global const float *bias, int bias0,
              __global const float *residual, int residual0, __global float *c, int c0) {
  // uint2, so that the compiler knows the alignment.
  __local uint2 memory[(TILES > STAGED ? TILES : STAGED) / 2];
  __local uint *tiles = (__local uint *)memory;
#if EXCHANGE > 0
  __local uint all_exchanged[ITEMS / LANES * EXCHANGE];
  __local uint *exchange = all_exchanged + get_local_id(0) / LANES * EXCHANGE;
#else
  __local uint *exchange = tiles;
#endif

  const Contraction *g = &sizes;
  int id = get_local_id(0);
  int lane = id % LANES;
  int warp_m = id / LANES / WARPS_N * WARP_M;
  int warp_n = id / LANES % WARPS_N * WARP_N;
  int first_m = get_group_id(1) * TILE_M;
  int first_n = get_group_id(0) * TILE_N;
  int product = get_group_id(2) / g->splits;
  int split = get_group_id(2) % g->splits;
  int begin = split * g->split_depth;
  int end = min(g->k, begin + g->split_depth);

  a += (size_t)a0 + (size_t)product * g->left_batch;
  b += (size_t)b0 + (size_t)product * g->right_batch;

  float sums[ROWS][COLUMNS][SUMS];
#pragma unroll UNROLL
  for (int i = 0; i < ROWS; i++) {
#pragma unroll UNROLL
    for (int j = 0; j < COLUMNS; j++) {
#pragma unroll UNROLL
      for (int l = 0; l < SUMS; l++) {
        sums[i][j][l] = 0.0f;
      }
    }
  }

  Columns columns;
  find_columns(g, first_n, id, &columns);
  float next_left[PER_WORD][LEFT_COPIES];
  float next_right[PER_WORD][RIGHT_COPIES];
#pragma unroll UNROLL
  for (int j = 0; j < PER_WORD; j++) {
    read_left(g, a, first_m, begin + j, end, id, next_left[j]);
    read_right(g, b, &columns, first_n, begin + j, end, id, next_right[j]);
  }

  int buffer = 0;
  for (int k = begin; k < end; k += TILE_K) {
    __local uint *left = tiles + buffer * LEFT_TILE;
    __local uint *right = tiles + 2 * LEFT_TILE + buffer * RIGHT_TILE;
    store_left(left, next_left, id);
    store_right(right, next_right, id);
    barrier(CLK_LOCAL_MEM_FENCE);

    // Behind the last step this reads nothing: all of it is beyond the end.
#pragma unroll UNROLL
    for (int j = 0; j < PER_WORD; j++) {
      read_left(g, a, first_m, k + TILE_K + j, end, id, next_left[j]);
      read_right(g, b, &columns, first_n, k + TILE_K + j, end, id, next_right[j]);
    }

#pragma unroll UNROLL
    for (int step = 0; step < WORDS; step += 8) {
      // The lane's rows of the tiles: t, and 4 further down.
      int words[2], swizzles[2];
      uint left_words[ROWS][A_WORDS];
#pragma unroll UNROLL
      for (int l = 0; l < 2; l++) {
        words[l] = step + 4 * l + lane % 4;
        swizzles[l] = 8 * (lane % 4) + 32 / WORDS * (step / 4 + l);
#pragma unroll UNROLL
        for (int i = 0; i < ROWS; i++) {
          int m = warp_m + 16 * i + lane / 4;
          left_words[i][2 * l] = left[words[l] * TILE_M + (m ^ swizzles[l])];
          left_words[i][2 * l + 1] = left[words[l] * TILE_M + ((m + 8) ^ swizzles[l])];
        }
      }
      // Of B one fragment at a time, which leaves registers to the sums.
#pragma unroll UNROLL
      for (int j = 0; j < COLUMNS; j++) {
        int n = warp_n + 8 * j + lane / 4;
        uint right_words[B_WORDS];
#pragma unroll UNROLL
        for (int l = 0; l < 2; l++) {
          right_words[l] = right[words[l] * TILE_N + (n ^ swizzles[l])];
        }
#pragma unroll UNROLL
        for (int i = 0; i < ROWS; i++) {
          mma(exchange, lane, left_words[i], right_words, sums[i][j]);
        }
      }
    }
    buffer ^= 1;
  }

  // Registers to C by way of local memory, which nobody needs any more: neighbours then write neighbours,
  // and the epilogue stands here once.
  __local float *staged = (__local float *)tiles;
  int n = first_n + id % TILE_N;
  int position = out_position(g, min(n, g->n - 1));
#pragma unroll UNROLL
  for (int i = 0; i < ROWS; i++) {
    barrier(CLK_LOCAL_MEM_FENCE);
    __local float *row_g = staged + (warp_m / WARP_M * 16 + lane / 4) * STAGED_ROW + warp_n;
#pragma unroll UNROLL
    for (int j = 0; j < COLUMNS; j++) {
      int column = 8 * j + 2 * (lane % 4);
      *(__local float2 *)(row_g + column) = (float2)(sums[i][j][0], sums[i][j][1]);
      *(__local float2 *)(row_g + 8 * STAGED_ROW + column) = (float2)(sums[i][j][2], sums[i][j][3]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int row = id / TILE_N; row < STAGED_ROWS; row += ITEMS / TILE_N) {
      int m = first_m + row / 16 * WARP_M + 16 * i + row % 16;
      float sum = staged[row * STAGED_ROW + id % TILE_N];
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
