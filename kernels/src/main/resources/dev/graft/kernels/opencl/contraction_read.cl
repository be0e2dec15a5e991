// How a work-group reads the tiles of its operands: which elements each work-item takes, and where they
// stand in memory.
//
// Coalescing: work-items with neighbouring ids always read neighbouring addresses: along n (or m)
// where that runs fastest, else along k, the whole tile's depth at a time. Operands are views that may
// begin at any element, so global reads are single floats: a float4 would need 16-byte alignment,
// and coalesced single floats move as many bytes a cycle.
//
// Where PER_WORD elements that follow each other along k go into one word of local memory, a work-item
// takes all of them: it calls the readers once for each, with k moved on by one.
//
// Given when built: TILE_M, TILE_N, TILE_K, ITEMS (work-items of a group), PER_WORD where it is not 1,
// and one LEFT_ and one RIGHT_ each:
//   LEFT_ROWS        A[m, k] stands at m * left_stride + k
//   LEFT_HALVES      as LEFT_ROWS, the elements being halves (float16)
//   LEFT_COLUMNS     A[m, k] stands at k * left_stride + m       (A is transposed)
//   LEFT_IMAGES      A[m, (image, p)] stands at image * left_image + m * left_stride + p
//   RIGHT_ROWS       B[k, n] stands at k * right_stride + n
//   RIGHT_COLUMNS    B[k, n] stands at n * right_stride + k      (B is transposed)
//   RIGHT_PIXELS     k channel, n (image, y, x): patches of a 1x1 kernel without padding
//   RIGHT_PATCHES    k (c, kh, kw), n (image, y, x)
//   RIGHT_UNFOLDED   k (image, y, x), n (c, kh, kw)

#ifndef PER_WORD
#define PER_WORD 1
#endif
// Words of a tile along k.
#define WORDS (TILE_K / PER_WORD)
// Words of a tile that each work-item copies.
#define LEFT_COPIES (TILE_M * WORDS / ITEMS)
#define RIGHT_COPIES (TILE_N * WORDS / ITEMS)

// Which word of the left tile is a work-item's i-th, and its first element: along k where k runs fastest.
#ifdef LEFT_COLUMNS
#define LEFT_M(id, i) ((id) % TILE_M)
#define LEFT_WORD(id, i) ((id) / TILE_M + (i) * (ITEMS / TILE_M))
#else
#define LEFT_M(id, i) ((id) / WORDS + (i) * (ITEMS / WORDS))
#define LEFT_WORD(id, i) ((id) % WORDS)
#endif
#define LEFT_K(id, i) (LEFT_WORD(id, i) * PER_WORD)

#if defined(RIGHT_COLUMNS) || defined(RIGHT_UNFOLDED)
#define RIGHT_N(id, i) ((id) / WORDS + (i) * (ITEMS / WORDS))
#define RIGHT_WORD(id, i) ((id) % WORDS)
#else
#define RIGHT_N(id, i) ((id) % TILE_N)
#define RIGHT_WORD(id, i) ((id) / TILE_N + (i) * (ITEMS / TILE_N))
#endif
#define RIGHT_K(id, i) (RIGHT_WORD(id, i) * PER_WORD)

// What a work-item's reads of the right operand have in common over all steps: it always reads the
// same columns.
typedef struct {
#if defined(RIGHT_PIXELS)
  int base;  // element of channel 0
#elif defined(RIGHT_PATCHES)
  int y, x;  // where the patch begins, in the padding perhaps
  int base;  // element (0, 0, 0) of the image
#elif defined(RIGHT_UNFOLDED)
  int dy[RIGHT_COPIES], dx[RIGHT_COPIES], base[RIGHT_COPIES];  // the tap's offset in a patch
#else
  int unused;
#endif
} Columns;

INLINE void find_columns(const Contraction *g, int first_n, int id, Columns *columns) {
#if defined(RIGHT_PIXELS) || defined(RIGHT_PATCHES)
  int n = min(first_n + RIGHT_N(id, 0), g->n - 1);
  int image = quotient(n, g->plane_multiplier, g->plane_shift);
  int pixel = n - image * g->grid_plane;
  int y = quotient(pixel, g->width_multiplier, g->width_shift);
  int x = pixel - y * g->grid_width;
#ifdef RIGHT_PIXELS
  columns->base = image * g->in_image + y * g->stride_y * g->in_width + x * g->stride_x;
#else
  columns->y = y * g->stride_y - g->pad_top;
  columns->x = x * g->stride_x - g->pad_left;
  columns->base = image * g->in_image;
#endif
#elif defined(RIGHT_UNFOLDED)
#pragma unroll UNROLL
  for (int i = 0; i < RIGHT_COPIES; i++) {
    int n = first_n + RIGHT_N(id, i);
    int channel = quotient(n, g->taps_multiplier, g->taps_shift);
    int tap = n - channel * g->taps;
    int kh = quotient(tap, g->kernel_multiplier, g->kernel_shift);
    int kw = tap - kh * g->kernel_width;
    columns->dy[i] = kh * g->dilation_y - g->pad_top;
    columns->dx[i] = kw * g->dilation_x - g->pad_left;
    columns->base[i] = channel * g->in_plane;
  }
#else
  columns->unused = 0;
#endif
}

// The left elements of the step that begins at product k, into registers.
INLINE void read_left(const Contraction *g, __global const left_element *a, int first_m, int k,
                       int end, int id, float *next) {
#ifdef LEFT_IMAGES
  int position = k + LEFT_K(id, 0);
  int image = quotient(position, g->plane_multiplier, g->plane_shift);
  size_t pixel = (size_t)image * g->left_image + (position - image * g->grid_plane);
#endif
#pragma unroll UNROLL
  for (int i = 0; i < LEFT_COPIES; i++) {
    int m = first_m + LEFT_M(id, i);
    int kk = k + LEFT_K(id, i);
    float value = 0.0f;
    if (m < g->m && kk < end) {
#if defined(LEFT_ROWS)
      value = a[(size_t)m * g->left_stride + kk];
#elif defined(LEFT_HALVES)
      value = vload_half((size_t)m * g->left_stride + kk, a);
#elif defined(LEFT_COLUMNS)
      value = a[(size_t)kk * g->left_stride + m];
#else
      value = a[(size_t)m * g->left_stride + pixel];
#endif
    }
    next[i] = value;
  }
}

INLINE void read_right(const Contraction *g, __global const float *b, const Columns *columns,
                        int first_n, int k, int end, int id, float *next) {
#ifdef RIGHT_UNFOLDED
  int position = k + RIGHT_K(id, 0);
  int image = quotient(position, g->plane_multiplier, g->plane_shift);
  int pixel = position - image * g->grid_plane;
  int row = quotient(pixel, g->width_multiplier, g->width_shift);
  int y = row * g->stride_y;
  int x = (pixel - row * g->grid_width) * g->stride_x;
  int first = image * g->in_image;
#endif
#pragma unroll UNROLL
  for (int i = 0; i < RIGHT_COPIES; i++) {
    int n = first_n + RIGHT_N(id, i);
    int kk = k + RIGHT_K(id, i);
    float value = 0.0f;
    if (n < g->n && kk < end) {
#if defined(RIGHT_ROWS)
      value = b[(size_t)kk * g->right_stride + n];
#elif defined(RIGHT_COLUMNS)
      value = b[(size_t)n * g->right_stride + kk];
#elif defined(RIGHT_PIXELS)
      value = b[columns->base + kk * g->right_stride];
#elif defined(RIGHT_PATCHES)
      int channel = quotient(kk, g->taps_multiplier, g->taps_shift);
      int tap = kk - channel * g->taps;
      int kh = quotient(tap, g->kernel_multiplier, g->kernel_shift);
      int kw = tap - kh * g->kernel_width;
      int y = columns->y + kh * g->dilation_y;
      int x = columns->x + kw * g->dilation_x;
      // Unsigned, so that what is negative is large: one comparison instead of two.
      if ((uint)y < (uint)g->in_height && (uint)x < (uint)g->in_width) {
        value = b[columns->base + channel * g->in_plane + y * g->in_width + x];
      }
#else
      int at_y = y + columns->dy[i];
      int at_x = x + columns->dx[i];
      if ((uint)at_y < (uint)g->in_height && (uint)at_x < (uint)g->in_width) {
        value = b[first + columns->base[i] + at_y * g->in_width + at_x];
      }
#endif
    }
    next[i] = value;
  }
}
