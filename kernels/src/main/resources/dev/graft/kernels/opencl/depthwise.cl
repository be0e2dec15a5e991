// Convolutions of groups so small that there is no matrix product to speak of: depthwise ones, one
// input channel a group, and their gradients. Each output needs a handful of multiplications and as
// many reads, so speed is that of memory, and all that counts is to read neighbours together: on a
// GPU neighbouring work-items are neighbouring pixels, on a CPU a work-item computes a vector of them.
//
//        x, one channel             y
//      +-----------------+      +-------------+
//      | a a a b . . . . |      | # * . . . . |      # sums what lies under a, * under b, the pixel
//      | a a a b . . . . | -->  | . . . . . . |      beside: 6 of 9 reads are the same addresses,
//      | a a a b . . . . |      | . . . . . . |      which the cache serves
//      +-----------------+      +-------------+
//
// VECTOR is 1 on a GPU; see lanes.cl. Contraction and its epilogue are those of contraction.cl, with
// other meanings for a few fields: m counts the channels of the output, k the input channels of a
// group, n the vectors of pixels in an image, and right_stride the output channels of a group.

/// y[image, channel, pixel] = finish(sum over the group's inputs s and taps of w[channel, s, tap] x).
///
/// Ids: a vector of pixels in a row, the channel, the image. The gradient to the input is the same with
/// dy for x, weights turned, and pixels of one phase: see Phase.java.
__kernel void depthwise(const Contraction sizes, const float4 scale, int rows, int taps,
                        __global const float *x, int x0, __global const float *w, int w0,
                        __global const float *bias, int bias0, __global const float *residual,
                        int residual0, __global float *y, int y0) {
  const Contraction *g = &sizes;
  int run = get_global_id(0);
  int channel = get_global_id(1);
  int image = get_global_id(2);
  int runs = (g->grid_width + VECTOR - 1) / VECTOR;
  if (run >= runs * rows || channel >= g->m) {
    return;
  }
  int row = run / runs;
  int column = (run - row * runs) * VECTOR;
  int length = min(VECTOR, g->grid_width - column);
  int top = row * g->stride_y - g->pad_top;
  int left = column * g->stride_x - g->pad_left;
  int source = channel / g->right_stride * g->k;
  int base = image * g->in_image + source * g->in_plane;
  __global const float *weight = w + w0 + channel * g->k * taps;
  __global const float *images = x + x0;

  lanes sum = (lanes)(0.0f);
  // A phase of pixels that sees no tap is zero.
  for (int s = 0; s < g->k && taps > 0; s++) {
    int kh = 0;
    int kw = 0;
    for (int tap = 0; tap < taps; tap++) {
      int in_y = top + kh * g->dilation_y;
      int in_x = left + kw * g->dilation_x;
      lanes v = (lanes)(0.0f);
      if ((uint)in_y < (uint)g->in_height) {
        int at = base + in_y * g->in_width + in_x;
        v = load_run(images, g->in_elements, at, in_x, g->in_width, g->stride_x, length);
      }
      sum = MULTIPLY_ADD((lanes)(weight[tap]), v, sum);
      if (++kw == g->kernel_width) {
        kw = 0;
        kh++;
      }
    }
    weight += taps;
    base += g->in_plane;
  }

  int at = image * g->out_image + channel * g->out_row + g->out_first + row * g->out_step_y +
           column * g->out_step_x;
#if VECTOR > 1
  if (length == VECTOR && g->out_step_x == 1) {
    lanes v = finish_lanes(g, scale, sum, bias + bias0, channel, residual + residual0, y + y0, at);
    STORE(v, y + y0 + at);
    return;
  }
  float sums[VECTOR];
  STORE(sum, sums);
  for (int i = 0; i < length; i++, at += g->out_step_x) {
    y[y0 + at] = finish(g, scale, sums[i], bias + bias0, channel, residual + residual0, y + y0, at);
  }
#else
  y[y0 + at] = finish(g, scale, sum, bias + bias0, channel, residual + residual0, y + y0, at);
#endif
}

/// dw[channel, tap] = sum over all pixels of all images of dy[channel] x[channel / multiplier] at the
/// tap's distance. One work-group an element: its items take the vectors of pixels in turns, and
/// a tree adds their sums. The order is always the same.
///
/// x and dy are read once for each tap, but a channel's images stay in the cache while its taps are
/// summed at the same time.
__kernel __attribute__((reqd_work_group_size(ITEMS, 1, 1)))
void depthwise_weight(const Contraction sizes, int rows, int images, __global const float *x, int x0,
                      __global const float *dy, int dy0, __global float *dw, int dw0) {
  __local float tree[ITEMS];
  const Contraction *g = &sizes;
  int tap = get_group_id(0);
  int channel = get_group_id(1);
  int item = get_local_id(0);
  int kh = tap / g->kernel_width;
  int kw = tap - kh * g->kernel_width;
  int runs = (g->grid_width + VECTOR - 1) / VECTOR;
  int gradient_elements = images * g->out_image;

  lanes sum = (lanes)(0.0f);
  for (int run = item; run < images * rows * runs; run += ITEMS) {
    int line = run / runs;
    int column = (run - line * runs) * VECTOR;
    int image = line / rows;
    int row = line - image * rows;
    int in_y = row * g->stride_y - g->pad_top + kh * g->dilation_y;
    int in_x = column * g->stride_x - g->pad_left + kw * g->dilation_x;
    int length = min(VECTOR, g->grid_width - column);
    // Padding is multiplied too: zero times a gradient that is not a number is none.
    lanes pixels = (lanes)(0.0f);
    if ((uint)in_y < (uint)g->in_height) {
      int from = image * g->in_image + channel / g->right_stride * g->in_plane + in_y * g->in_width;
      pixels =
          load_run(x + x0, g->in_elements, from + in_x, in_x, g->in_width, g->stride_x, length);
    }
    int at = image * g->out_image + channel * g->out_row + row * g->grid_width + column;
    lanes slopes = load_run(dy + dy0, gradient_elements, at, column, g->grid_width, 1, length);
#if VECTOR > 1
    // Beyond the run there may be NaN, which zero would not take away.
    pixels = LANE_NUMBERS < length ? pixels : (lanes)(0.0f);
#endif
    sum = MULTIPLY_ADD(slopes, pixels, sum);
  }
  tree[item] = sum_of_lanes(sum);
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int distance = ITEMS / 2; distance > 0; distance /= 2) {
    if (item < distance) {
      tree[item] += tree[item + distance];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (item == 0) {
    dw[dw0 + channel * g->taps + tap] = tree[0];
  }
}
