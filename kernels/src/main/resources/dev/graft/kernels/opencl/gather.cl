// Slices looked up along an axis, and sums of what comes back to them. Positions are the bits of
// whole numbers in a buffer of floats.

/// y[o, j, i] = x[o, where[j], i].
__kernel void gather(int n, int inner, int count, __global const float *where, int where0,
                     __global const float *x, int x0, __global float *y, int y0) {
  int i = get_global_id(0);
  int j = get_global_id(1);
  int o = get_global_id(2);
  if (i < inner && j < count) {
    int from = o * n + as_int(where[where0 + j]);
    y[y0 + (o * count + j) * inner + i] = x[x0 + from * inner + i];
  }
}

/// dx[o, k, i] = sum of dy[o, j, i] over the j with where[j] = k, in ascending order of j, for every k
/// that occurs.
///
/// An item has one element of the output and gathers what belongs to it, so that nothing is added by
/// two at once. It finds that in three lists behind each other: the k that occur, `slices` of them;
/// where the js of each begin, and where the last ends; the js.
__kernel void scatter_add(int n, int inner, int count, int slices, __global const float *lists,
                          int lists0, __global const float *dy, int dy0, __global float *dx,
                          int dx0) {
  int i = get_global_id(0);
  int slice = get_global_id(1);
  int o = get_global_id(2);
  if (i < inner && slice < slices) {
    __global const float *begins = lists + lists0 + slices;
    __global const float *order = begins + slices + 1;
    int end = as_int(begins[slice + 1]);
    float sum = 0;
    for (int at = as_int(begins[slice]); at < end; at++) {
      sum += dy[dy0 + (o * count + as_int(order[at])) * inner + i];
    }
    int k = as_int(lists[lists0 + slice]);
    dx[dx0 + (o * n + k) * inner + i] = sum;
  }
}
