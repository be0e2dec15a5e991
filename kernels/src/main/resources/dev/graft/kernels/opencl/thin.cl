// Products in which one operand is a few vectors: batches of one image through a classifier, matrix
// times vector. Every element of the matrix is used once for each vector, so nothing is gained by
// tiles: speed is that of reading the matrix, once, in the order in which it lies in memory.
//
//   THIN_LEFT     C [m, n] with few rows:      the matrix is B, "wide" runs along n, vectors along m
//   THIN_RIGHT    C [m, n] with few columns:   the matrix is A, wide runs along m, vectors along n
//
//   STREAM        the matrix stands as [k][wide]. A work-item has LINES vectors of wide side by side
//                 and goes down along k; k is split where there are few of them:
//
//                         wide
//                     +---|####|-----+     neighbours read neighbours; each element of the
//                   k |   |####|     |     few vectors is the same for all items
//                     +---|####|-----+
//
//   DOTS          the matrix stands as [wide][k]. A work-group has a row: its items go along k side by
//                 side, and a tree adds what they have:
//
//                           k
//                     +--------------+
//                wide |0123012301230.|     ITEMS = 4
//                     +--------------+
//
// Every sum has a fixed order. FEW is the number of vectors, given when built: rows (or columns) beyond
// are computed of the last one, and not written. Sizes are those of contraction.cl.

#ifdef THIN_LEFT
#define FEW_OF(g) (g)->m
#define WIDE_OF(g) (g)->n
#define MATRIX_STRIDE(g) (g)->right_stride
#define ELEMENT_M(few, wide) (few)
#define ELEMENT_N(few, wide) (wide)
#if defined(LEFT_ROWS)
#define VECTOR_AT(g, few, k) ((few) * (g)->left_stride + (k))
#else
#define VECTOR_AT(g, few, k) ((k) * (g)->left_stride + (few))
#endif
#else
#define FEW_OF(g) (g)->n
#define WIDE_OF(g) (g)->m
#define MATRIX_STRIDE(g) (g)->left_stride
#define ELEMENT_M(few, wide) (wide)
#define ELEMENT_N(few, wide) (few)
#if defined(RIGHT_ROWS)
#define VECTOR_AT(g, few, k) ((k) * (g)->right_stride + (few))
#else
#define VECTOR_AT(g, few, k) ((few) * (g)->right_stride + (k))
#endif
#endif

/// Writes one sum: finished, or as a part where k is split.
INLINE void put(const Contraction *g, float4 scale, float sum, int z, int m, int n, __global float *c) {
  if (g->splits > 1) {
    c[(z * g->m + m) * g->n + n] = sum;
  } else {
    size_t at = (size_t)z * g->out_batch + (size_t)m * g->out_row + n;
    c[at] = finish(g, scale, sum, c, 0, c, c, at);
  }
}

/// Ids: LINES * VECTOR elements of wide, then product * splits + split.
__kernel void stream(const Contraction sizes, const float4 scale, __global const float *a, int a0,
                     __global const float *b, int b0, __global const float *bias, int bias0,
                     __global const float *residual, int residual0, __global float *c, int c0) {
  const Contraction *g = &sizes;
  int first = get_global_id(0) * LINES * VECTOR;
  int z = get_global_id(1);
  int product = z / g->splits;
  if (first >= WIDE_OF(g) || product >= g->products) {
    return;
  }
  int begin = (z - product * g->splits) * g->split_depth;
  int end = min(g->k, begin + g->split_depth);
  a += a0 + (size_t)product * g->left_batch;
  b += b0 + (size_t)product * g->right_batch;
#ifdef THIN_LEFT
  __global const float *vectors = a;
  __global const float *matrix = b + first;
#else
  __global const float *vectors = b;
  __global const float *matrix = a + first;
#endif
  int few[FEW];
#pragma unroll
  for (int i = 0; i < FEW; i++) {
    few[i] = min(i, FEW_OF(g) - 1);
  }
  int count = min(LINES * VECTOR, WIDE_OF(g) - first);
  if (count == LINES * VECTOR) {
    lanes sums[FEW][LINES];
#pragma unroll
    for (int i = 0; i < FEW; i++) {
#pragma unroll
      for (int j = 0; j < LINES; j++) {
        sums[i][j] = (lanes)(0.0f);
      }
    }
    for (int k = begin; k < end; k++) {
      __global const float *row = matrix + (size_t)k * MATRIX_STRIDE(g);
#pragma unroll
      for (int j = 0; j < LINES; j++) {
        lanes v = LOAD(row + j * VECTOR);
#pragma unroll
        for (int i = 0; i < FEW; i++) {
          sums[i][j] = MULTIPLY_ADD((lanes)(vectors[VECTOR_AT(g, few[i], k)]), v, sums[i][j]);
        }
      }
    }
#pragma unroll
    for (int i = 0; i < FEW; i++) {
#pragma unroll
      for (int j = 0; j < LINES; j++) {
        float values[VECTOR];
        STORE(sums[i][j], values);
        for (int l = 0; l < VECTOR && i < FEW_OF(g); l++) {
          int wide = first + j * VECTOR + l;
          put(g, scale, values[l], z, ELEMENT_M(i, wide), ELEMENT_N(i, wide), c + c0);
        }
      }
    }
    return;
  }
  for (int wide = 0; wide < count; wide++) {
    for (int i = 0; i < FEW_OF(g); i++) {
      float sum = 0.0f;
      for (int k = begin; k < end; k++) {
        float element = matrix[(size_t)k * MATRIX_STRIDE(g) + wide];
        sum = MULTIPLY_ADD(vectors[VECTOR_AT(g, i, k)], element, sum);
      }
      put(g, scale, sum, z, ELEMENT_M(i, first + wide), ELEMENT_N(i, first + wide), c + c0);
    }
  }
}

#if VECTOR == 1
#define VECTOR_LANES(p, few, k) (p)[VECTOR_AT(g, few, k)]
#else
/// Neighbours along k, which a stored matrix need not have side by side.
INLINE lanes vector_lanes(const Contraction *g, __global const float *p, int few, int k) {
  if (VECTOR_AT(g, few, 1) - VECTOR_AT(g, few, 0) == 1) {
    return LOAD(p + VECTOR_AT(g, few, k));
  }
  float v[VECTOR];
#pragma unroll
  for (int i = 0; i < VECTOR; i++) {
    v[i] = p[VECTOR_AT(g, few, k + i)];
  }
  return LOAD(v);
}
#define VECTOR_LANES(p, few, k) vector_lanes(g, p, few, k)
#endif

/// Groups: a row of the matrix, then the product. k is not split.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void dots(const Contraction sizes, const float4 scale, __global const float *a, int a0,
          __global const float *b, int b0, __global const float *bias, int bias0,
          __global const float *residual, int residual0, __global float *c, int c0) {
  __local float tree[FEW * ITEMS];
  const Contraction *g = &sizes;
  int wide = get_group_id(0);
  int product = get_group_id(1);
  int item = get_local_id(0);
  a += a0 + (size_t)product * g->left_batch;
  b += b0 + (size_t)product * g->right_batch;
#ifdef THIN_LEFT
  __global const float *vectors = a;
  __global const float *row = b + (size_t)wide * g->right_stride;
#else
  __global const float *vectors = b;
  __global const float *row = a + (size_t)wide * g->left_stride;
#endif
  lanes sums[FEW];
#pragma unroll
  for (int i = 0; i < FEW; i++) {
    sums[i] = (lanes)(0.0f);
  }
  int whole = g->k / VECTOR * VECTOR;
  for (int k = item * VECTOR; k < whole; k += ITEMS * VECTOR) {
    lanes v = LOAD(row + k);
#pragma unroll
    for (int i = 0; i < FEW; i++) {
      sums[i] = MULTIPLY_ADD(VECTOR_LANES(vectors, min(i, FEW_OF(g) - 1), k), v, sums[i]);
    }
  }
#pragma unroll
  for (int i = 0; i < FEW; i++) {
    float sum = sum_of_lanes(sums[i]);
    for (int k = whole + item; k < g->k; k += ITEMS) {
      sum = MULTIPLY_ADD(vectors[VECTOR_AT(g, min(i, FEW_OF(g) - 1), k)], row[k], sum);
    }
    tree[i * ITEMS + item] = sum;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int distance = ITEMS / 2; distance > 0; distance /= 2) {
    if (item < distance) {
      for (int i = 0; i < FEW; i++) {
        tree[i * ITEMS + item] += tree[i * ITEMS + item + distance];
      }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (item == 0) {
    for (int i = 0; i < FEW_OF(g); i++) {
      put(g, scale, tree[i * ITEMS], product, ELEMENT_M(i, wide), ELEMENT_N(i, wide), c + c0);
    }
  }
}
