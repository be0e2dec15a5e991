// Unfolding an image into the patches that a convolution sees, and the transpose. With the patches
// as columns of a matrix, a convolution is one matrix product.
//
//      image              columns [patch, outputs]
//     a b c                 ab de      first element of each 2x2 window: a b d e
//     d e f     -->         bc ef      second
//     g h i                 de gh      third
//                           ef hi      fourth

/// Sizes of a convolution of one group of one image; see ConvGeometry.
typedef struct {
  int channels;  // of the group
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
} Conv;

/// columns[(c, kh, kw), (oh, ow)] = x[c, ih, iw], or 0 in the padding. Id 0 counts the outputs: rows
/// of columns are written, and with stride 1 those of x read, side by side.
__kernel void im2col(Conv g, __global const float *x, int x0, __global float *columns, int columns0) {
  int output = get_global_id(0);
  int row = get_global_id(1);
  int outputs = g.out_height * g.out_width;
  if (output >= outputs || row >= g.channels * g.kernel_height * g.kernel_width) {
    return;
  }
  int kw = row % g.kernel_width;
  int kh = row / g.kernel_width % g.kernel_height;
  int c = row / (g.kernel_width * g.kernel_height);
  int ih = output / g.out_width * g.stride_height - g.pad_top + kh * g.dilation_height;
  int iw = output % g.out_width * g.stride_width - g.pad_left + kw * g.dilation_width;
  bool inside = ih >= 0 && ih < g.in_height && iw >= 0 && iw < g.in_width;
  columns[columns0 + row * outputs + output] =
      inside ? x[x0 + (c * g.in_height + ih) * g.in_width + iw] : 0.0f;
}

/// dx[c, ih, iw] = sum of columns[(c, kh, kw), (oh, ow)] over all windows that read the element.
///
/// Turned around, each item gathers what belongs to its element of dx. Were each to scatter its
/// element of columns, two would add to one place at once, and need atomic operations that take a
/// different order every time.
__kernel void col2im(Conv g, __global const float *columns, int columns0, __global float *dx, int dx0) {
  int pixel = get_global_id(0);
  int c = get_global_id(1);
  int in_plane = g.in_height * g.in_width;
  if (pixel >= in_plane || c >= g.channels) {
    return;
  }
  int outputs = g.out_height * g.out_width;
  int top = pixel / g.in_width + g.pad_top;
  int left = pixel % g.in_width + g.pad_left;
  float sum = 0.0f;
  for (int kh = 0; kh < g.kernel_height; kh++) {
    int down = top - kh * g.dilation_height;
    int oh = down / g.stride_height;
    // Not every window that is near has the element at this place: the stride must divide.
    if (down < 0 || down % g.stride_height != 0 || oh >= g.out_height) {
      continue;
    }
    for (int kw = 0; kw < g.kernel_width; kw++) {
      int right = left - kw * g.dilation_width;
      int ow = right / g.stride_width;
      if (right < 0 || right % g.stride_width != 0 || ow >= g.out_width) {
        continue;
      }
      int row = (c * g.kernel_height + kh) * g.kernel_width + kw;
      sum += columns[columns0 + row * outputs + oh * g.out_width + ow];
    }
  }
  dx[dx0 + c * in_plane + pixel] = sum;
}
