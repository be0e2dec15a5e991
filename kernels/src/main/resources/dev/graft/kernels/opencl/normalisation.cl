// What normalisations over channels are made of. x is [batch, channels, plane].

/// Ids 0, 1, 2 are pixel, channel and image.
#define ELEMENT                                                             \
  int pixel = get_global_id(0);                                             \
  int channel = get_global_id(1);                                           \
  if (pixel >= plane || channel >= channels) {                              \
    return;                                                                 \
  }                                                                         \
  int i = ((int)get_global_id(2) * channels + channel) * plane + pixel;

/// y = x scale[c] + shift[c].
__kernel void channel_affine(int channels, int plane, __global const float *x, int x0,
                             __global const float *scale, int scale0,
                             __global const float *shift, int shift0, __global float *y, int y0) {
  ELEMENT
  y[y0 + i] = x[x0 + i] * scale[scale0 + channel] + shift[shift0 + channel];
}

/// y = f(x scale[c] + shift[c]): what activates a normalisation takes no pass of its own.
#define ACTIVATED_AFFINE(name, f)                                                                  \
  __kernel void channel_affine_##name(int channels, int plane, __global const float *x, int x0,    \
                                      __global const float *scale, int scale0,                     \
                                      __global const float *shift, int shift0, float alpha,        \
                                      float beta, __global float *y, int y0) {                     \
    ELEMENT                                                                                        \
    float v = x[x0 + i] * scale[scale0 + channel] + shift[shift0 + channel];                       \
    y[y0 + i] = f;                                                                                 \
  }

ACTIVATED_AFFINE(relu, v <= 0.0f ? 0.0f : v)
ACTIVATED_AFFINE(clip, clip(v, alpha, beta))

/// y = x scale_x[c] + z scale_z[c] + shift[c].
__kernel void channel_combine(int channels, int plane, __global const float *x, int x0,
                              __global const float *scale_x, int scale_x0,
                              __global const float *z, int z0, __global const float *scale_z,
                              int scale_z0, __global const float *shift, int shift0,
                              __global float *y, int y0) {
  ELEMENT
  y[y0 + i] = x[x0 + i] * scale_x[scale_x0 + channel] +
              (z[z0 + i] * scale_z[scale_z0 + channel] + shift[shift0 + channel]);
}

// ---- sums over all but the channels ------------------------------------------------------------
//
// As in reduce.cl, in parts: item or group (channel, part) sums the elements
// first <= r < first + count of the channel, where r counts pixel by pixel through image after image.

/// Where element r of a channel lies.
INLINE int of_channel(int r, int channel, int channels, int plane) {
  return (r / plane * channels + channel) * plane + r % plane;
}

/// Each kernel twice: by a group with a tree, and by one item. `terms` adds element i to the sums,
/// `results` writes them.
#define CHANNEL_SUMS(name, parameters, declare, terms, fold, results)                          \
  __kernel void name##_alone(int channels, int plane, int elements, int chunk, parameters) {   \
    int channel = get_global_id(0);                                                            \
    int part = get_global_id(1);                                                               \
    int first = part * chunk;                                                                  \
    if (channel >= channels || (part > 0 && first >= elements)) {                              \
      return;                                                                                  \
    }                                                                                          \
    declare                                                                                    \
    int end = first + min(chunk, elements - first);                                            \
    for (int r = first; r < end; r++) {                                                        \
      int i = of_channel(r, channel, channels, plane);                                         \
      terms                                                                                    \
    }                                                                                          \
    int to = part * channels + channel;                                                        \
    results                                                                                    \
  }                                                                                            \
  __kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void name##_together(            \
      int channels, int plane, int elements, int chunk, parameters) {                          \
    __local float tree[GROUP];                                                                 \
    int channel = get_group_id(0);                                                             \
    int part = get_group_id(1);                                                                \
    int first = part * chunk;                                                                  \
    declare                                                                                    \
    int end = first + min(chunk, elements - first);                                            \
    for (int r = first + get_local_id(0); r < end; r += GROUP) {                               \
      int i = of_channel(r, channel, channels, plane);                                         \
      terms                                                                                    \
    }                                                                                          \
    fold                                                                                       \
    int to = part * channels + channel;                                                        \
    if (get_local_id(0) == 0) {                                                                \
      results                                                                                  \
    }                                                                                          \
  }

// The comma of a parameter list would end a macro's argument.
#define COMMA ,

/// sum of (x - mean[c])^2.
CHANNEL_SUMS(deviations,
             __global const float *x COMMA int x0 COMMA __global const float *mean COMMA int mean0
                 COMMA float divisor COMMA __global float *y COMMA int y0,
             float centre = mean[mean0 + channel]; float sum = 0.0f;
             , float distance = x[x0 + i] - centre; sum += distance * distance;
             , sum = group_sum(sum COMMA tree);
             , y[y0 + to] = sum / divisor;)

/// sum of dy, and of dy (x - mean[c]).
CHANNEL_SUMS(gradient_sums,
             __global const float *x COMMA int x0 COMMA __global const float *mean COMMA int mean0
                 COMMA __global const float *dy COMMA int dy0 COMMA __global float *sums COMMA int sums0
                 COMMA __global float *dots COMMA int dots0,
             float centre = mean[mean0 + channel]; float sum = 0.0f; float dot_product = 0.0f;
             , float gradient = dy[dy0 + i]; sum += gradient;
             dot_product += gradient * (x[x0 + i] - centre);
             , sum = group_sum(sum COMMA tree); dot_product = group_sum(dot_product COMMA tree);
             , sums[sums0 + to] = sum; dots[dots0 + to] = dot_product;)
