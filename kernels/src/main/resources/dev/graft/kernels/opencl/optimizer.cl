// Optimizer steps: one item a weight, one pass over weights, gradients and moments.

/// Moments smaller than this become zero. Those of a weight whose gradient has died would else decay
/// into denormal numbers, which are many times slower on processors.
#define TINY 1e-30f

INLINE float settle(float moment) {
  return fabs(moment) < TINY ? 0.0f : moment;
}

/// w -= rate (g + decay w).
__kernel void sgd(int n, float rate, float decay, __global const float *g, int g0,
                  __global float *w, int w0) {
  int i = get_global_id(0);
  if (i < n) {
    float weight = w[w0 + i];
    w[w0 + i] = weight - rate * (g[g0 + i] + decay * weight);
  }
}

/// g' = g + decay w; v = momentum v + g'; w -= rate (nesterov ? g' + momentum v : v).
__kernel void sgd_momentum(int n, float rate, float momentum, int nesterov, float decay,
                           __global const float *g, int g0, __global float *v, int v0,
                           __global float *w, int w0) {
  int i = get_global_id(0);
  if (i < n) {
    float weight = w[w0 + i];
    float gradient = g[g0 + i] + decay * weight;
    float velocity = settle(momentum * v[v0 + i] + gradient);
    v[v0 + i] = velocity;
    w[w0 + i] = weight - rate * (nesterov ? gradient + momentum * velocity : velocity);
  }
}

/// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
/// w = keep w - rate m / (sqrt(v / correction2) + epsilon).
///
/// The coefficients come from the host, where they are taken in double precision: 1 - 0.999 in float
/// is off by two hundred roundings. rate is divided by 1 - beta1^step already, keep is
/// 1 - rate * decay, and root_correction is 1 / sqrt(1 - beta2^step).
__kernel void adam_w(int n, float rate, float keep, float beta1, float rest1, float beta2,
                     float rest2, float root_correction, float epsilon, __global const float *g,
                     int g0, __global float *m, int m0, __global float *v, int v0,
                     __global float *w, int w0) {
  int i = get_global_id(0);
  if (i < n) {
    float gradient = g[g0 + i];
    float first = settle(beta1 * m[m0 + i] + rest1 * gradient);
    float second = settle(beta2 * v[v0 + i] + rest2 * gradient * gradient);
    m[m0 + i] = first;
    v[v0 + i] = second;
    w[w0 + i] = keep * w[w0 + i] - rate * first / (sqrt(second) * root_correction + epsilon);
  }
}
