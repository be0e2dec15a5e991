// Weights as float16, for tiles to read with vload_half. vstore_half is core OpenCL C: devices that cannot
// compute with halves can store them.

/// halves[i] = w[i], to nearest, ties to even; largest[group] = the largest magnitude of the group's
/// weights, so that the host can see whether all of them fit. A NaN stays one and is not counted.
__kernel void halve(int n, __global const float *w, int w0, __global half *halves, int halves0,
                    __global float *largest, int largest0) {
  __local float tree[GROUP];
  int i = get_global_id(0);
  float x = i < n ? w[w0 + i] : 0.0f;
  if (i < n) {
    vstore_half_rte(x, halves0 + i, halves);
  }
  float most = group_max(isnan(x) ? 0.0f : fabs(x), tree);
  if (get_local_id(0) == 0) {
    largest[largest0 + get_group_id(0)] = most;
  }
}
