// Winograd's minimal filtering F(4x4, 3x3): a 3x3 convolution of stride 1 with a quarter of the
// multiplications. Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016,
// with the points 0, 1, -1, 2, -2 and infinity.
//
// As a convolution theorem does with Fourier's transform, this one makes a product of each position
// out of a sum over the kernel. A tile of 4x4 outputs depends on 6x6 inputs, so that neighbouring
// tiles share two rows or columns of pixels:
//
//        x                                                     y
//      +---------------+ .  .  +                             +-------+-------+
//      | . . . . : . . |       :                             | a a a a b b b b
//      | . . . . : . . |       :     a: depends on the       | a a a a b b b b
//      | . . . . : . . |       :        6x6 on the left      | a a a a b b b b
//      | . . . . : . . |       :     b: on the next 6x6,     | a a a a b b b b
//      | . . . . : . . |       :        which begins at      +-------+-------+
//      | . . . . : . . |       :        the dots             | . . .
//      +---------------+ .  .  +
//
//     V = B^T d B     of the 6x6 pixels d of every tile and channel        winograd_input
//     U = G w G^T     of the 3x3 weights of every pair of channels         winograd_weights
//     M = U V         36 products, one a position: a Contraction           contraction_*.cl
//     y = A^T M A     of the 6x6 sums of every tile and output channel     winograd_output
//
// 36 multiplications for each tile and pair of channels, where the direct sum has 144. What it costs is
// memory: V and M hold 36 numbers for every 16 pixels, and are written and read once more. So
// it pays where there are many channels on both sides; see WinogradRule.java.
//
//     U [position 36][channel][output channel]
//     V [position 36][channel][tile]
//     M [position 36][output channel][tile]
//
// Tiles run innermost. Neighbouring work-items are neighbouring tiles of one channel, whose reads and
// writes of V and M are side by side: 36 rows, each coalesced. Their pixels lie 4 apart; each line of
// memory that a read of x touches serves the three reads beside it from the first-level cache.
//
// On a CPU a work-item is a vector of VECTOR tiles: see lanes.cl. VECTOR is 1 on a GPU. Sizes
// are those of contraction.cl, for the direct product: m counts the output channels, the image is x, and
// the grid are the pixels of y. The gradient to the input is the same with dy for x and turned weights.

/// The tiles that one launch transforms, counted through rows, images and the batch.
///
/// `count` columns of V and M are computed: tiles from `first` to before `end`, and on a CPU as many
/// more as fill the last vector, which repeat the last tile and are never written.
typedef struct {
  int channels;
  int across, plane;  // in a row of tiles, and in an image
  int first, end, count;
  uint across_multiplier, across_shift, plane_multiplier, plane_shift;
} Tiles;

/// A tile's image, and its row and column among the tiles.
INLINE int3 find_tile(const Tiles *t, int tile) {
  int image = quotient(tile, t->plane_multiplier, t->plane_shift);
  int place = tile - image * t->plane;
  int row = quotient(place, t->across_multiplier, t->across_shift);
  return (int3)(image, row, place - row * t->across);
}

// ---- weights -----------------------------------------------------------------------------------

typedef struct {
  int channels, outputs;
  int channel_stride, output_stride;  // of w [outputs][channels][3][3], or the other way round
  int turned;                         // whether the kernel is turned by 180 degrees
} Weights;

/// G times three weights that lie `step` apart.
///
///     G = (1/4 0 0), (-1/6 -1/6 -1/6), (-1/6 1/6 -1/6), (1/24 1/12 1/6), (1/24 -1/12 1/6), (0 0 1)
INLINE void weight_line(const float *w, int step, float *to, int to_step) {
  float outer = w[0] + w[2 * step];
  float far = MULTIPLY_ADD(4.0f, w[2 * step], w[0]);
  float twice = 2.0f * w[step];
  to[0] = 0.25f * w[0];
  to[to_step] = (-1.0f / 6) * (outer + w[step]);
  to[2 * to_step] = (-1.0f / 6) * (outer - w[step]);
  to[3 * to_step] = (1.0f / 24) * (far + twice);
  to[4 * to_step] = (1.0f / 24) * (far - twice);
  to[5 * to_step] = w[2 * step];
}

/// One work-item a pair of channels, in squares as turn_weights has them: U is written along the output
/// channels, and w, of which each item reads nine numbers side by side, stays within a few lines.
__kernel void winograd_weights(const Weights g, __global const float *w, int w0, __global float *u,
                               int u0) {
  int output = get_global_id(0);
  int channel = get_global_id(1);
  if (output >= g.outputs || channel >= g.channels) {
    return;
  }
  __global const float *from = w + w0 + output * g.output_stride + channel * g.channel_stride;
  float kernel3[9];
  float half_way[18];
  float points[36];
#pragma unroll
  for (int i = 0; i < 9; i++) {
    kernel3[i] = from[g.turned ? 8 - i : i];
  }
#pragma unroll
  for (int j = 0; j < 3; j++) {
    weight_line(kernel3 + j, 3, half_way + j, 3);
  }
#pragma unroll
  for (int i = 0; i < 6; i++) {
    weight_line(half_way + 3 * i, 1, points + 6 * i, 1);
  }
  int position = g.channels * g.outputs;
  __global float *to = u + u0 + channel * g.outputs + output;
#pragma unroll
  for (int i = 0; i < 36; i++) {
    to[i * position] = points[i];
  }
}

// ---- input -------------------------------------------------------------------------------------

/// B^T times six numbers that lie `step` apart, in their place.
///
///     B^T = (4 0 -5 0 1 0), (0 -4 -4 1 1 0), (0 4 -4 -1 1 0),
///           (0 -2 -1 2 1 0), (0 2 -1 -2 1 0), (0 4 0 -5 0 1)
INLINE void input_line(lanes *d, int step) {
  lanes a = MULTIPLY_ADD(-4.0f, d[2 * step], d[4 * step]);
  lanes b = MULTIPLY_ADD(-4.0f, d[step], d[3 * step]);
  lanes c = d[4 * step] - d[2 * step];
  lanes e = 2.0f * (d[3 * step] - d[step]);
  d[0] = MULTIPLY_ADD(4.0f, d[0], MULTIPLY_ADD(-5.0f, d[2 * step], d[4 * step]));
  d[5 * step] = MULTIPLY_ADD(4.0f, d[step], MULTIPLY_ADD(-5.0f, d[3 * step], d[5 * step]));
  d[step] = a + b;
  d[2 * step] = a - b;
  d[3 * step] = c + e;
  d[4 * step] = c - e;
}

#if VECTOR > 1
/// The six columns of VECTOR tiles side by side: d[j], lane i is image[at + 4 * i + j], or zero outside
/// of the row.
///
/// @param x the column of image[at]
INLINE void apart(__global const float *image, int at, int x, int width, lanes *d) {
#pragma unroll
  for (int j = 0; j < 6; j += 4) {
    __global const float *from = image + at + j;
    lanes p = LOAD(from);
    lanes q = LOAD(from + VECTOR);
    lanes r = LOAD(from + 2 * VECTOR);
    lanes s = LOAD(from + 3 * VECTOR);
    lanes even_low = (lanes)(p.even, q.even);
    lanes even_high = (lanes)(r.even, s.even);
    lanes odd_low = (lanes)(p.odd, q.odd);
    lanes odd_high = (lanes)(r.odd, s.odd);
    d[j] = (lanes)(even_low.even, even_high.even);
    d[j + 1] = (lanes)(odd_low.even, odd_high.even);
    if (j == 0) {
      d[2] = (lanes)(even_low.odd, even_high.odd);
      d[3] = (lanes)(odd_low.odd, odd_high.odd);
    }
  }
  if (x < 0 || x + 4 * VECTOR + 2 > width) {
#pragma unroll
    for (int j = 0; j < 6; j++) {
      lane_numbers column = x + j + 4 * LANE_NUMBERS;
      d[j] = column >= 0 && column < width ? d[j] : (lanes)(0.0f);
    }
  }
}
#endif

/// The pixels under the tiles of a work-item's lanes, zeros where there are none.
INLINE void read_tiles(const Contraction *g, const Tiles *t, __global const float *x, int column,
                       int channel, lanes *d) {
#if VECTOR == 1
  int3 place = find_tile(t, t->first + column);
  int top = 4 * place.y - g->pad_top;
  int left = 4 * place.z - g->pad_left;
  int base = place.x * g->in_image + channel * g->in_plane + top * g->in_width + left;
#pragma unroll
  for (int i = 0; i < 6; i++) {
#pragma unroll
    for (int j = 0; j < 6; j++) {
      // Unsigned, so that what is negative is large.
      bool inside = (uint)(top + i) < (uint)g->in_height && (uint)(left + j) < (uint)g->in_width;
      d[6 * i + j] = inside ? x[base + i * g->in_width + j] : 0.0f;
    }
  }
#else
  int3 place = find_tile(t, min(t->first + column, t->end - 1));
  int top = 4 * place.y - g->pad_top;
  int left = 4 * place.z - g->pad_left;
  int base = place.x * g->in_image + channel * g->in_plane + top * g->in_width + left;
  int from = base + max(0, -top) * g->in_width;
  int to = base + min(5, g->in_height - 1 - top) * g->in_width + 4 * VECTOR + 4;
  if (place.z + VECTOR <= t->across && from >= 0 && to <= g->in_elements) {
    for (int i = 0; i < 6; i++) {
      if ((uint)(top + i) < (uint)g->in_height) {
        apart(x, base + i * g->in_width, left, g->in_width, d + 6 * i);
      } else {
        for (int j = 0; j < 6; j++) {
          d[6 * i + j] = (lanes)(0.0f);
        }
      }
    }
    return;
  }
  // Tiles of several rows, or at the end of the memory: one by one.
  float pixels[36 * VECTOR];
  for (int lane = 0; lane < VECTOR; lane++) {
    place = find_tile(t, min(t->first + column + lane, t->end - 1));
    top = 4 * place.y - g->pad_top;
    left = 4 * place.z - g->pad_left;
    base = place.x * g->in_image + channel * g->in_plane + top * g->in_width + left;
    for (int i = 0; i < 6; i++) {
      bool row = (uint)(top + i) < (uint)g->in_height;
#pragma unroll
      for (int j = 0; j < 6; j++) {
        bool inside = row && (uint)(left + j) < (uint)g->in_width;
        pixels[(6 * i + j) * VECTOR + lane] = inside ? x[base + i * g->in_width + j] : 0.0f;
      }
    }
  }
  for (int i = 0; i < 36; i++) {
    d[i] = LOAD(pixels + i * VECTOR);
  }
#endif
}

/// Ids: a vector of tiles, the channel.
__kernel void winograd_input(const Contraction sizes, const Tiles tiles, __global const float *x,
                             int x0, __global float *v, int v0) {
  int column = get_global_id(0) * VECTOR;
  int channel = get_global_id(1);
  if (column >= tiles.count || channel >= tiles.channels) {
    return;
  }
  lanes d[36];
  read_tiles(&sizes, &tiles, x + x0, column, channel, d);
#pragma unroll
  for (int j = 0; j < 6; j++) {
    input_line(d + j, 6);
  }
  int position = tiles.channels * tiles.count;
  __global float *to = v + v0 + channel * tiles.count + column;
#pragma unroll
  for (int i = 0; i < 6; i++) {
    input_line(d + 6 * i, 1);
#pragma unroll
    for (int j = 0; j < 6; j++) {
      STORE(d[6 * i + j], to + (6 * i + j) * position);
    }
  }
}

// ---- output ------------------------------------------------------------------------------------

/// A^T times six numbers that lie `step` apart, in the place of the first four.
///
///     A^T = (1 1 1 1 1 0), (0 1 -1 2 -2 0), (0 1 1 4 4 0), (0 1 -1 8 -8 1)
INLINE void output_line(lanes *m, int step) {
  lanes a = m[step] + m[2 * step];
  lanes b = m[step] - m[2 * step];
  lanes c = m[3 * step] + m[4 * step];
  lanes e = m[3 * step] - m[4 * step];
  m[0] = m[0] + a + c;
  m[step] = MULTIPLY_ADD(2.0f, e, b);
  m[2 * step] = MULTIPLY_ADD(4.0f, c, a);
  m[3 * step] = MULTIPLY_ADD(8.0f, e, b) + m[5 * step];
}

#if VECTOR > 1
/// The elements of a and b in turns, from the lower halves of both.
INLINE lanes turns_low(lanes a, lanes b) {
  lanes r;
  r.even = a.lo;
  r.odd = b.lo;
  return r;
}

INLINE lanes turns_high(lanes a, lanes b) {
  lanes r;
  r.even = a.hi;
  r.odd = b.hi;
  return r;
}

/// line[4 * i + j] = lane i of y[j]: one row of pixels of VECTOR tiles side by side.
INLINE void together(const lanes *y, float *line) {
  lanes even_low = turns_low(y[0], y[2]);
  lanes even_high = turns_high(y[0], y[2]);
  lanes odd_low = turns_low(y[1], y[3]);
  lanes odd_high = turns_high(y[1], y[3]);
  STORE(turns_low(even_low, odd_low), line);
  STORE(turns_high(even_low, odd_low), line + VECTOR);
  STORE(turns_low(even_high, odd_high), line + 2 * VECTOR);
  STORE(turns_high(even_high, odd_high), line + 3 * VECTOR);
}
#endif

/// Ids: a vector of tiles, the output channel. Each element of y, and of the residual, belongs to one
/// tile, and goes through the same `finish` as a direct product's.
__kernel void winograd_output(const Contraction sizes, const float4 scale, const Tiles tiles,
                              __global const float *products, int products0,
                              __global const float *bias, int bias0, __global const float *residual,
                              int residual0, __global float *y, int y0) {
  const Contraction *g = &sizes;
  const Tiles *t = &tiles;
  int column = get_global_id(0) * VECTOR;
  int channel = get_global_id(1);
  if (column >= tiles.count || channel >= g->m) {
    return;
  }
  lanes m[36];
  int position = g->m * tiles.count;
  __global const float *from = products + products0 + channel * tiles.count + column;
#pragma unroll
  for (int i = 0; i < 36; i++) {
    m[i] = LOAD(from + i * position);
  }
#pragma unroll
  for (int j = 0; j < 6; j++) {
    output_line(m + j, 6);
  }
#pragma unroll
  for (int i = 0; i < 4; i++) {
    output_line(m + 6 * i, 1);
  }
  bias += bias0;
  residual += residual0;
  y += y0;

  int height = quotient(g->grid_plane, g->width_multiplier, g->width_shift);
#if VECTOR == 1
  int3 place = find_tile(t, t->first + column);
  int at = place.x * g->out_image + channel * g->out_row + 4 * place.y * g->grid_width + 4 * place.z;
  int right = g->grid_width - 4 * place.z;
  // Four pixels at an address that allows it are one write, and a warp's are 512 bytes side by side;
  // one by one each write would touch the same 16 sectors of 32 bytes for a quarter of their bytes.
  bool aligned = right >= 4 && ((at | y0 | g->grid_width) & 3) == 0;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    if (4 * place.y + i < height) {
      int row = at + i * g->grid_width;
      float v[4];
#pragma unroll
      for (int j = 0; j < 4; j++) {
        v[j] = j < right
                   ? finish(g, scale, m[6 * i + j], bias, channel, residual, y, row + j)
                   : 0.0f;
      }
      if (aligned) {
        *(__global float4 *)(y + row) = (float4)(v[0], v[1], v[2], v[3]);
      } else {
#pragma unroll
        for (int j = 0; j < 4; j++) {
          if (j < right) {
            y[row + j] = v[j];
          }
        }
      }
    }
  }
#else
  float lines[4 * 4 * VECTOR];
#pragma unroll
  for (int i = 0; i < 4; i++) {
    together(m + 6 * i, lines + i * 4 * VECTOR);
  }
  int valid = min(VECTOR, t->end - t->first - column);
  // Tiles side by side in the image are written together.
  for (int lane = 0, run; lane < valid; lane += run) {
    int3 place = find_tile(t, t->first + column + lane);
    run = min(valid - lane, t->across - place.z);
    int pixels = min(4 * run, g->grid_width - 4 * place.z);
    int at =
        place.x * g->out_image + channel * g->out_row + 4 * place.y * g->grid_width + 4 * place.z;
    for (int i = 0; i < min(4, height - 4 * place.y); i++, at += g->grid_width) {
      const float *line = lines + i * 4 * VECTOR + 4 * lane;
      int p = 0;
      for (; p + VECTOR <= pixels; p += VECTOR) {
        lanes v = finish_lanes(g, scale, LOAD(line + p), bias, channel, residual, y, at + p);
        STORE(v, y + at + p);
      }
      for (; p < pixels; p++) {
        y[at + p] = finish(g, scale, line[p], bias, channel, residual, y, at + p);
      }
    }
  }
#endif
}
