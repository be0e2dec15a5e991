// Largest and mean elements of windows. The forward kernels have one item an output, the gradients
// one an input: each gathers what belongs to it, so that no two ever write to one place.

/// See PoolGeometry.
typedef struct {
  int planes;
  int in_height;
  int in_width;
  int out_height;
  int out_width;
  int kernel_height;
  int kernel_width;
  int stride_height;
  int stride_width;
  int dilation_height;
  int dilation_width;
  int pad_top;
  int pad_left;
  int pad_bottom;
  int pad_right;
  int count_include_pad;
} Pool;

/// Outputs of one plane: id 0 counts them, id 1 the planes.
#define OUTPUTS                                                        \
  int output = get_global_id(0);                                       \
  int plane = get_global_id(1);                                        \
  if (output >= g.out_height * g.out_width || plane >= g.planes) {     \
    return;                                                            \
  }                                                                    \
  int out = plane * g.out_height * g.out_width + output;               \
  int top = output / g.out_width * g.stride_height - g.pad_top;        \
  int left = output % g.out_width * g.stride_width - g.pad_left;       \
  int in = plane * g.in_height * g.in_width;

/// Inputs of one plane: id 0 counts them, id 1 the planes.
#define INPUTS                                                         \
  int pixel = get_global_id(0);                                        \
  int plane = get_global_id(1);                                        \
  if (pixel >= g.in_height * g.in_width || plane >= g.planes) {        \
    return;                                                            \
  }                                                                    \
  int in = plane * g.in_height * g.in_width + pixel;                   \
  int row = pixel / g.in_width + g.pad_top;                            \
  int column = pixel % g.in_width + g.pad_left;                        \
  int out = plane * g.out_height * g.out_width;

/// y = the largest of each window; the first NaN wins, else the first of the largest.
/// keep_winners: whether its place in the window is written; winners is some buffer if not.
__kernel void max_pool(Pool g, __global const float *x, int x0, int keep_winners,
                       __global float *winners, int winners0, __global float *y, int y0) {
  OUTPUTS
  float best = -INFINITY;
  int winner = -1;
  for (int kh = 0; kh < g.kernel_height; kh++) {
    int ih = top + kh * g.dilation_height;
    for (int kw = 0; kw < g.kernel_width; kw++) {
      int iw = left + kw * g.dilation_width;
      if (ih < 0 || ih >= g.in_height || iw < 0 || iw >= g.in_width) {
        continue;
      }
      float value = x[x0 + in + ih * g.in_width + iw];
      // The first one wins even where it is negative infinity; after a NaN nothing does.
      if (winner < 0 || value > best || (isnan(value) && !isnan(best))) {
        best = value;
        winner = kh * g.kernel_width + kw;
      }
    }
  }
  y[y0 + out] = best;
  if (keep_winners) {
    winners[winners0 + out] = winner;
  }
}

/// dx = the sum of the gradients of all outputs that this element won.
__kernel void max_pool_gradient(Pool g, __global const float *winners, int winners0,
                                __global const float *dy, int dy0, __global float *dx, int dx0) {
  INPUTS
  float sum = 0.0f;
  for (int kh = 0; kh < g.kernel_height; kh++) {
    int down = row - kh * g.dilation_height;
    int oh = down / g.stride_height;
    if (down < 0 || down % g.stride_height != 0 || oh >= g.out_height) {
      continue;
    }
    for (int kw = 0; kw < g.kernel_width; kw++) {
      int right = column - kw * g.dilation_width;
      int ow = right / g.stride_width;
      if (right < 0 || right % g.stride_width != 0 || ow >= g.out_width) {
        continue;
      }
      int output = out + oh * g.out_width + ow;
      if ((int)winners[winners0 + output] == kh * g.kernel_width + kw) {
        sum += dy[dy0 + output];
      }
    }
  }
  dx[dx0 + in] = sum;
}

/// How many of start, start + step, ... (count of them) lie in [low, high).
INLINE int inside(int start, int step, int count, int low, int high) {
  int first = start >= low ? 0 : (low - start + step - 1) / step;
  int end = start >= high ? 0 : (high - start + step - 1) / step;
  return max(0, min(count, end) - first);
}

/// What the average over the window at (top, left) divides by: the positions that count.
INLINE int positions(const Pool *g, int top, int left) {
  int pad = g->count_include_pad;
  return inside(top, g->dilation_height, g->kernel_height, pad ? -g->pad_top : 0,
                g->in_height + (pad ? g->pad_bottom : 0)) *
         inside(left, g->dilation_width, g->kernel_width, pad ? -g->pad_left : 0,
                g->in_width + (pad ? g->pad_right : 0));
}

/// y = the mean of each window; zero where nothing counts.
__kernel void average_pool(Pool g, __global const float *x, int x0, __global float *y, int y0) {
  OUTPUTS
  float sum = 0.0f;
  for (int kh = 0; kh < g.kernel_height; kh++) {
    int ih = top + kh * g.dilation_height;
    // Row by row: a window of the whole plane would else be one long chain of additions.
    float of_row = 0.0f;
    for (int kw = 0; kw < g.kernel_width; kw++) {
      int iw = left + kw * g.dilation_width;
      if (ih >= 0 && ih < g.in_height && iw >= 0 && iw < g.in_width) {
        of_row += x[x0 + in + ih * g.in_width + iw];
      }
    }
    sum += of_row;
  }
  int count = positions(&g, top, left);
  y[y0 + out] = count == 0 ? 0.0f : sum / count;
}

/// dx = the sum of the shares of all windows that hold this element.
__kernel void average_pool_gradient(Pool g, __global const float *dy, int dy0, __global float *dx,
                                    int dx0) {
  INPUTS
  float sum = 0.0f;
  for (int kh = 0; kh < g.kernel_height; kh++) {
    int down = row - kh * g.dilation_height;
    int oh = down / g.stride_height;
    if (down < 0 || down % g.stride_height != 0 || oh >= g.out_height) {
      continue;
    }
    for (int kw = 0; kw < g.kernel_width; kw++) {
      int right = column - kw * g.dilation_width;
      int ow = right / g.stride_width;
      if (right < 0 || right % g.stride_width != 0 || ow >= g.out_width) {
        continue;
      }
      int count = positions(&g, oh * g.stride_height - g.pad_top, ow * g.stride_width - g.pad_left);
      sum += dy[dy0 + out + oh * g.out_width + ow] / count;
    }
  }
  dx[dx0 + in] = sum;
}
