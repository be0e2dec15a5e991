// The second pass of a contraction whose k was split: adds the parts and finishes the element.
//
// A product with few elements and a long k (a gradient to the weight sums over all pixels of all
// images) has too few tiles to fill a device. So k is split, each part is summed by work-groups of
// its own into a matrix of its own, and this adds the matrices in ascending order. No atomics: the
// order of additions never depends on which work-group was first, and results repeat to the bit.
//
//   parts [product * splits + split][m][n]  ->  C[m, n]

/// Id 0 is the column, 1 the row, 2 the product.
__kernel void sum_splits(const Contraction sizes, const float4 scale, __global const float *parts,
                         int parts0, __global const float *bias, int bias0,
                         __global const float *residual, int residual0, __global float *c, int c0) {
  const Contraction *g = &sizes;
  int n = get_global_id(0);
  int m = get_global_id(1);
  int product = get_global_id(2);
  if (n >= g->n || m >= g->m) {
    return;
  }
  int matrix = g->m * g->n;
  int part = parts0 + product * g->splits * matrix + m * g->n + n;
  float sum = parts[part];
  for (int split = 1; split < g->splits; split++) {
    sum += parts[part + split * matrix];
  }
  size_t at = (size_t)product * g->out_batch + (size_t)m * g->out_row + out_position(g, n);
  c[c0 + at] = finish(g, scale, sum, bias + bias0, product * g->bias_batch + m, residual + residual0,
                      c + c0, at);
}
