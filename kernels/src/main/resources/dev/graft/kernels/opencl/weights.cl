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

/// One work-item an element of the result; the last tap comes first.
__kernel void turn_weights(const Turn t, __global const float *w, int w0, __global float *turned,
                           int turned0) {
  int i = get_global_id(0);
  int channels = get_global_id(1);
  int taps = t.taps_y * t.taps_x;
  if (i >= t.out_channels * taps || channels >= t.groups * t.in_channels) {
    return;
  }
  int out = i / taps;
  int tap = i - out * taps;
  int kh = t.first_y + (t.taps_y - 1 - tap / t.taps_x) * t.step_y;
  int kw = t.first_x + (t.taps_x - 1 - tap % t.taps_x) * t.step_x;
  int group = channels / t.in_channels;
  int in = channels - group * t.in_channels;
  int from = ((group * t.out_channels + out) * t.in_channels + in) * t.kernel_height + kh;
  turned[turned0 + channels * t.out_channels * taps + i] = w[w0 + from * t.kernel_width + kw];
}
