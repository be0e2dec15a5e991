// Contractions on a CPU: packed panels in the cache, a tile of C in vector registers.
//
// A CPU has no local memory to copy into: what OpenCL calls so is ordinary memory. But it has caches
// that work best where memory is read in one direction, and vectors as wide as its registers. So a
// work-item here is not a pixel but a whole block of C, computed by the classic recipe (Goto and
// van de Geijn, "Anatomy of High-Performance Matrix Multiplication", ACM TOMS 34(3), 2008), and
// "local" memory is what shall stay in the second-level cache of its core:
//
//                             tile_columns
//                      +----+----+----+----+
//                      | B  |    |    |    |  DEPTH products     right: one panel of B, packed,
//                      +----+----+----+----+                     [DEPTH][COLUMNS], in the first cache
//            DEPTH       |
//          +------+    +-v--+----+----+----+
//   ROWS   |  A   |--> |####|    |    |    |   ####: ROWS x COLUMNS sums in registers,
//          +------+    +----+----+----+----+         COLUMNS = VECTOR * VECTORS
//          |      |    |    |    |    |    |
//          +------+    +----+----+----+----+   sums: the whole block, while the loop over
//          |      |    |    |    |    |    |         blocks of DEPTH products goes on
//          +------+    +----+----+----+----+
//       left: panels of A, packed, [DEPTH][ROWS] each, in the second cache
//
// Packing turns every operand into the same layout, whatever way it is stored; images are unfolded
// here and nowhere else. It costs one pass over the operands for each block, which is little beside
// the tile_rows (or tile_columns) multiplications that each packed element goes into.
//
// The inner loop reads VECTORS vectors of B and ROWS single elements of A (spread over a vector by
// the load itself), and does ROWS * VECTORS vector multiplications: 8 x 2 of them keep both
// multipliers busy through the 4 cycles that each takes, and leave registers for the operands.
//
// Every element is summed over k in ascending order, or over each part of k where it is split.
//
// Packing may write a vector beyond the end of a row, where the next row follows and is packed
// later; the last row has room for it. Columns beyond the matrix hold anything: what is computed
// of them is never written. Nothing is ever read outside the operands.
//
// Given when built (Tile.java): VECTOR (4, 8 or 16), VECTORS, ROWS, DEPTH, BLOCK_ROWS,
// BLOCK_COLUMNS, and one LEFT_ and one RIGHT_, which mean the same as in contraction_read.cl.

#define COLUMNS (VECTOR * VECTORS)

/// t = t transposed, a square of vectors. One stage brings the even elements of all rows to the
/// front: number the elements, and the lowest bit of the number becomes the highest. After as many
/// stages as a column number has bits, row and column have changed places.
#define STAGE(t, u)                                      \
  _Pragma("unroll") for (int i = 0; i < VECTOR / 2; i++) { \
    u[i] = (lanes)(t[2 * i].even, t[2 * i + 1].even);      \
    u[i + VECTOR / 2] = (lanes)(t[2 * i].odd, t[2 * i + 1].odd); \
  }

INLINE void transpose(lanes *t) {
  lanes u[VECTOR];
  STAGE(t, u)
  STAGE(u, t)
#if VECTOR >= 8
  STAGE(t, u)
#if VECTOR == 8
#pragma unroll
  for (int i = 0; i < VECTOR; i++) {
    t[i] = u[i];
  }
#else
  STAGE(u, t)
#endif
#endif
}

// ---- packing -----------------------------------------------------------------------------------

/// panel[k][j] = x[k * stride + j] for j < width. Of columns from `valid` on, the last is repeated.
INLINE void pack_rows(__local float *panel, int width, __global const float *x, int stride, int valid,
                      int depth) {
  for (int k = 0; k < depth; k++) {
    __global const float *from = x + (size_t)k * stride;
    __local float *to = panel + k * width;
    if (valid < width) {
      for (int j = 0; j < width; j++) {
        to[j] = from[min(j, valid - 1)];
      }
    } else {
      int j = 0;
      for (; j + VECTOR <= width; j += VECTOR) {
        STORE(LOAD(from + j), to + j);
      }
      for (; j < width; j++) {
        to[j] = from[j];
      }
    }
  }
}

/// panel[k][j] = x[j * stride + k] for j < width: squares of vectors are read along k, and turned.
INLINE void pack_columns(__local float *panel, int width, __global const float *x, int stride,
                         int valid, int depth) {
  for (int j = 0; j < width; j += VECTOR) {
    int k = 0;
    for (; k + VECTOR <= depth; k += VECTOR) {
      lanes t[VECTOR];
#pragma unroll
      for (int i = 0; i < VECTOR; i++) {
        t[i] = LOAD(x + (size_t)min(j + i, valid - 1) * stride + k);
      }
      transpose(t);
#pragma unroll
      for (int i = 0; i < VECTOR; i++) {
        STORE(t[i], panel + (k + i) * width + j);
      }
    }
    for (; k < depth; k++) {
      for (int i = 0; i < VECTOR && j + i < width; i++) {
        panel[k * width + j + i] = x[(size_t)min(j + i, valid - 1) * stride + k];
      }
    }
  }
}

#ifdef LEFT_HALVES
/// The same for rows of halves.
INLINE void pack_halves(__local float *panel, int width, __global const half *x, int stride, int valid,
                        int depth) {
  for (int j = 0; j < width; j++) {
    __global const half *from = x + (size_t)min(j, valid - 1) * stride;
    for (int k = 0; k < depth; k++) {
      panel[k * width + j] = vload_half(k, from);
    }
  }
}
#endif

#ifdef RIGHT_PATCHES
/// The pixels of `vector` lanes at `at`, which are the runs of a vector one behind the other: lanes
/// from starts[r] on are read at offsets[r], relative to lane 0.
INLINE lanes gather_runs(__global const float *image, int limit, int at, int stride, int runs,
                         const int *starts, const int *offsets, lane_numbers inside) {
  bool readable = stride <= 2;
  for (int r = 0; r < runs; r++) {
    int from = at + offsets[r];
    readable = readable && from >= 0 && from <= limit - stride * VECTOR;
  }
  lanes v = (lanes)(0.0f);
  if (readable) {
    for (int r = 0; r < runs; r++) {
      __global const float *from = image + at + offsets[r];
      lanes run = stride == 1 ? LOAD(from) : (lanes)(LOAD(from).even, LOAD(from + VECTOR).even);
      v = LANE_NUMBERS >= starts[r] ? run : v;
    }
    return inside != 0 ? v : (lanes)(0.0f);
  }
  float values[VECTOR];
  int within[VECTOR];
  JOIN(vstore, VECTOR)(inside, 0, within);
  int r = 0;
  for (int i = 0; i < VECTOR; i++) {
    while (r + 1 < runs && starts[r + 1] <= i) {
      r++;
    }
    values[i] = within[i] ? image[at + offsets[r] + i * stride] : 0.0f;
  }
  return LOAD(values);
}

/// panel[k][j] = the element of patch n + j that product first + k reads.
///
/// The lanes of a vector are a few runs of patches whose elements lie side by side in the image: those
/// within a row, and where rows of the grid are as long as those of the image and stride is 1, all of
/// an image. So a vector is read with one load a run. Which lanes lie in the padding depends on the
/// tap alone, and is the same for all channels.
INLINE void pack_patches(const Contraction *g, __local float *panel, __global const float *image,
                         int limit, int n, int valid, int first, int depth) {
  bool seamless = g->stride_x == 1 && g->stride_y == 1 && g->grid_width == g->in_width;
  for (int j = 0; j < valid; j += VECTOR) {
    int starts[VECTOR], offsets[VECTOR], tops[VECTOR], lefts[VECTOR];
    int runs = 0;
    for (int i = 0; i < VECTOR; i++) {
      int column = min(n + j + i, n + valid - 1);
      int number = quotient(column, g->plane_multiplier, g->plane_shift);
      int pixel = column - number * g->grid_plane;
      int y = quotient(pixel, g->width_multiplier, g->width_shift);
      int x = pixel - y * g->grid_width;
      tops[i] = n + j + i < n + valid ? y * g->stride_y - g->pad_top : -(1 << 30);
      lefts[i] = x * g->stride_x - g->pad_left;
      if (i == 0 || (n + j + i < n + valid && (seamless ? pixel == 0 : x == 0))) {
        starts[runs] = i;
        offsets[runs++] = number * g->in_image + (y * g->stride_y - g->pad_top) * g->in_width +
                          lefts[i] - i * g->stride_x;
      }
    }
    lane_numbers top = JOIN(vload, VECTOR)(0, tops);
    lane_numbers left = JOIN(vload, VECTOR)(0, lefts);
    int kh = 0;
    int kw = 0;
    for (int tap = 0; tap < g->taps; tap++) {
      lane_numbers y = top + kh * g->dilation_y;
      lane_numbers x = left + kw * g->dilation_x;
      lane_numbers inside = y >= 0 && y < g->in_height && x >= 0 && x < g->in_width;
      int shift = kh * g->dilation_y * g->in_width + kw * g->dilation_x;
      // The channels for which product c * taps + tap is one of this block.
      int c = max(0, quotient(first - tap + g->taps - 1, g->taps_multiplier, g->taps_shift));
      for (int k = c * g->taps + tap - first; k < depth; k += g->taps, c++) {
        lanes v = gather_runs(image, limit, c * g->in_plane + shift, g->stride_x, runs, starts,
                              offsets, inside);
        STORE(v, panel + k * COLUMNS + j);
      }
      if (++kw == g->kernel_width) {
        kw = 0;
        kh++;
      }
    }
  }
}
#endif

#ifdef RIGHT_UNFOLDED
/// panel[k][j] = the element of the patch at grid position `first + k` for column n + j of the
/// weight: the transpose of pack_patches. All positions are of one image. Squares of pixels along a
/// row by columns are read along the row, and turned.
INLINE void pack_unfolded(const Contraction *g, __local float *panel, __global const float *image,
                          int limit, int n, int first, int depth) {
  int number = quotient(first, g->plane_multiplier, g->plane_shift);
  int pixel = first - number * g->grid_plane;
  for (int j = 0; j < COLUMNS; j += VECTOR) {
    int top[VECTOR], left[VECTOR], base[VECTOR];
    for (int i = 0; i < VECTOR; i++) {
      int column = min(n + j + i, g->n - 1);
      int channel = quotient(column, g->taps_multiplier, g->taps_shift);
      int tap = column - channel * g->taps;
      int kh = quotient(tap, g->kernel_multiplier, g->kernel_shift);
      top[i] = kh * g->dilation_y - g->pad_top;
      left[i] = (tap - kh * g->kernel_width) * g->dilation_x - g->pad_left;
      base[i] = number * g->in_image + channel * g->in_plane;
    }
    int y = quotient(pixel, g->width_multiplier, g->width_shift);
    int x = pixel - y * g->grid_width;
    for (int k = 0; k < depth;) {
      int length = min(min(g->grid_width - x, depth - k), VECTOR);
      lanes t[VECTOR];
#pragma unroll
      for (int i = 0; i < VECTOR; i++) {
        int in_y = y * g->stride_y + top[i];
        int in_x = x * g->stride_x + left[i];
        t[i] = (uint)in_y < (uint)g->in_height
                   ? load_run(image, limit, base[i] + in_y * g->in_width + in_x, in_x, g->in_width,
                              g->stride_x, length)
                   : (lanes)(0.0f);
      }
      transpose(t);
      for (int i = 0; i < length; i++) {
        STORE(t[i], panel + (k + i) * COLUMNS + j);
      }
      k += length;
      x += length;
      if (x == g->grid_width) {
        x = 0;
        y++;
      }
    }
  }
}
#endif

// ---- the tile in registers ---------------------------------------------------------------------

/// sums [ROWS][COLUMNS] (+)= left [depth][ROWS] right [depth][COLUMNS].
INLINE void multiply(int depth, __local const float *left, __local const float *right,
                     __local float *sums, bool first) {
  lanes tile[ROWS][VECTORS];
#pragma unroll
  for (int i = 0; i < ROWS; i++) {
#pragma unroll
    for (int j = 0; j < VECTORS; j++) {
      tile[i][j] = first ? (lanes)(0.0f) : LOAD(sums + i * COLUMNS + j * VECTOR);
    }
  }
  for (int k = 0; k < depth; k++) {
    lanes columns[VECTORS];
#pragma unroll
    for (int j = 0; j < VECTORS; j++) {
      columns[j] = LOAD(right + k * COLUMNS + j * VECTOR);
    }
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
      lanes row = (lanes)(left[k * ROWS + i]);
#pragma unroll
      for (int j = 0; j < VECTORS; j++) {
        tile[i][j] = MULTIPLY_ADD(row, columns[j], tile[i][j]);
      }
    }
  }
#pragma unroll
  for (int i = 0; i < ROWS; i++) {
#pragma unroll
    for (int j = 0; j < VECTORS; j++) {
      STORE(tile[i][j], sums + i * COLUMNS + j * VECTOR);
    }
  }
}

/// Finishes and writes `count` sums of one row of C, from column n on, as `finish` does.
INLINE void write_row(const Contraction *g, float4 scale, __local const float *sums, int n, int count,
                      __global const float *bias, int channel, __global const float *residual,
                      __global float *c, size_t row) {
  bool dense = g->out_step_x == 1 && g->out_step_y == g->grid_width;
  for (int j = 0; j < count;) {
    size_t at = row + out_position(g, n + j);
    int end = count;
    if (!g->dense_columns) {
      // As far as C goes on without a gap.
      int pixel = n + j - quotient(n + j, g->plane_multiplier, g->plane_shift) * g->grid_plane;
      int x = pixel - quotient(pixel, g->width_multiplier, g->width_shift) * g->grid_width;
      end = j + min(dense ? g->grid_plane - pixel : g->grid_width - x, count - j);
    }
    if (g->out_step_x == 1) {
      for (; j + VECTOR <= end; j += VECTOR, at += VECTOR) {
        STORE(finish_lanes(g, scale, LOAD(sums + j), bias, channel, residual, c, at), c + at);
      }
    }
    for (; j < end; j++, at += g->out_step_x) {
      c[at] = finish(g, scale, sums[j], bias, channel, residual, c, at);
    }
  }
}

// ---- the block of one work-item ----------------------------------------------------------------

/// Work-group (x, y, z): block x along n, y along m, and z = product * splits + split.
__kernel __attribute__((reqd_work_group_size(1, 1, 1)))
void contract(const Contraction sizes, const float4 scale, __global const left_element *a, int a0,
              __global const float *b, int b0, __global const float *bias, int bias0,
              __global const float *residual, int residual0, __global float *c, int c0) {
  __local float left[BLOCK_ROWS * DEPTH + VECTOR];
  __local float right[DEPTH * COLUMNS + VECTOR];
  __local float sums[BLOCK_ROWS * BLOCK_COLUMNS];

  const Contraction *g = &sizes;
  int first_m = get_group_id(1) * g->tile_rows;
  int first_n = get_group_id(0) * g->tile_columns;
  int rows = min(g->tile_rows, g->m - first_m);
  int columns = min(g->tile_columns, g->n - first_n);
  int product = get_group_id(2) / g->splits;
  int begin = get_group_id(2) % g->splits * g->split_depth;
  int end = min(g->k, begin + g->split_depth);
  a += (size_t)a0 + (size_t)product * g->left_batch;
  b += (size_t)b0 + (size_t)product * g->right_batch;
#if defined(RIGHT_PATCHES) || defined(RIGHT_UNFOLDED)
  int limit = g->in_elements - product * g->right_batch;
#endif

  if (begin >= end) {
    for (int i = 0; i < g->tile_rows * BLOCK_COLUMNS; i++) {
      sums[i] = 0.0f;
    }
  }
  for (int k = begin, depth; k < end; k += depth) {
#ifdef LEFT_IMAGES
    // A block of products stays within one image.
    int number = quotient(k, g->plane_multiplier, g->plane_shift);
    int pixel = k - number * g->grid_plane;
    depth = min(min(DEPTH, g->grid_plane - pixel), end - k);
#else
    depth = min(DEPTH, end - k);
#endif
    for (int i = 0; i < rows; i += ROWS) {
#if defined(LEFT_ROWS)
      pack_columns(left + i * depth, ROWS, a + (size_t)(first_m + i) * g->left_stride + k,
                   g->left_stride, rows - i, depth);
#elif defined(LEFT_HALVES)
      pack_halves(left + i * depth, ROWS, a + (size_t)(first_m + i) * g->left_stride + k,
                  g->left_stride, rows - i, depth);
#elif defined(LEFT_COLUMNS)
      pack_rows(left + i * depth, ROWS, a + (size_t)k * g->left_stride + first_m + i, g->left_stride,
                rows - i, depth);
#else
      pack_columns(left + i * depth, ROWS,
                   a + (size_t)number * g->left_image + (size_t)(first_m + i) * g->left_stride + pixel,
                   g->left_stride, rows - i, depth);
#endif
    }
    for (int j = 0; j < columns; j += COLUMNS) {
      int n = first_n + j;
#if defined(RIGHT_ROWS)
      pack_rows(right, COLUMNS, b + (size_t)k * g->right_stride + n, g->right_stride, columns - j,
                depth);
#elif defined(RIGHT_COLUMNS)
      pack_columns(right, COLUMNS, b + (size_t)n * g->right_stride + k, g->right_stride, columns - j,
                   depth);
#elif defined(RIGHT_PATCHES)
      pack_patches(g, right, b, limit, n, min(COLUMNS, columns - j), k, depth);
#else
      pack_unfolded(g, right, b, limit, n, k, depth);
#endif
      for (int i = 0; i < rows; i += ROWS) {
        multiply(depth, left + i * depth, right, sums + j * g->tile_rows + i * COLUMNS, k == begin);
      }
    }
  }

  for (int i = 0; i < rows; i++) {
    for (int j = 0; j < columns; j += COLUMNS) {
      __local const float *row = sums + j * g->tile_rows + i * COLUMNS;
      int count = min(COLUMNS, columns - j);
      int m = first_m + i;
      int n = first_n + j;
      if (g->splits > 1) {
        __global float *part = c + c0 + (get_group_id(2) * g->m + m) * g->n + n;
        for (int l = 0; l < count; l++) {
          part[l] = row[l];
        }
      } else {
        write_row(g, scale, row, n, count, bias + bias0, product * g->bias_batch + m,
                  residual + residual0, c + c0, (size_t)product * g->out_batch + (size_t)m * g->out_row);
      }
    }
  }
}
