// The weights of a convolution, arranged for its gradient to the input: input and output channels
// have changed places, and of the kernel there are only the positions that one phase of the pixels
// sees, turned around. See Phase.java.
//
//   w [group, outChannel, inChannel, kh, kw]  ->  turned [group, inChannel, outChannel, tap]
//
//       w0 w1 w2              w8 w2                 w8 w6
//       w3 w4 w5     e.g.     w6 w0      that is    w2 w0
//       w6 w7 w8         (both even)           turned around

typedef struct {
  int groups, out_channels, in_channels, kernel_height, kernel_width;
  int taps_y, first_y, step_y;
  int taps_x, first_x, step_x;
} Turn;

/// One work-item a pair of channels, in squares of 16 x 16: reads run along the input channels, writes
/// along the output channels, and in a square both stay within a few lines of memory.
__kernel void turn_weights(const Turn t, __global const float *w, int w0, __global float *turned,
                           int turned0) {
  int out = get_global_id(0);
  int channel = get_global_id(1);
  if (out >= t.out_channels || channel >= t.groups * t.in_channels) {
    return;
  }
  int group = channel / t.in_channels;
  int in = channel - group * t.in_channels;
  int kernel_size = t.kernel_height * t.kernel_width;
  __global const float *from =
      w + w0 + ((group * t.out_channels + out) * t.in_channels + in) * kernel_size;
  __global float *to = turned + turned0 + (channel * t.out_channels + out) * t.taps_y * t.taps_x;
  // The last tap comes first.
  for (int y = t.taps_y - 1; y >= 0; y--) {
    for (int x = t.taps_x - 1; x >= 0; x--) {
      *to++ = from[(t.first_y + y * t.step_y) * t.kernel_width + t.first_x + x * t.step_x];
    }
  }
}
