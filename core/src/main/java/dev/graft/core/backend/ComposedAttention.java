package dev.graft.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * The default bodies of attention: heads are taken apart, multiplied as a batch of matrices, and
 * put together again.
 */
final class ComposedAttention {

  private ComposedAttention() {}

  /** {@code [batch, positions, heads, width]}, read or written head by head. */
  private record Layout(int batch, int positions, int heads, int width) {

    int[] byHead() {
      return new int[] {batch, heads, positions, width};
    }

    int[] strides() {
      int row = heads * width;
      return new int[] {positions * row, width, row, 1};
    }

    int[] dense() {
      return new int[] {heads * positions * width, positions * width, width, 1};
    }

    Buffer apart(Backend b, Buffer x) {
      Buffer y = b.allocate(batch * heads * positions * width);
      b.copy(byHead(), x, 0, strides(), 0, dense(), y);
      return y;
    }

    void together(Backend b, Buffer x, Buffer y) {
      b.copy(byHead(), x, 0, dense(), 0, strides(), y);
    }
  }

  private static Layout queries(AttentionGeometry g) {
    return new Layout(g.batch(), g.queries(), g.heads(), g.width());
  }

  private static Layout keys(AttentionGeometry g) {
    return new Layout(g.batch(), g.keys(), g.heads(), g.width());
  }

  private static Layout values(AttentionGeometry g) {
    return new Layout(g.batch(), g.keys(), g.heads(), g.valueWidth());
  }

  private static Layout results(AttentionGeometry g) {
    return new Layout(g.batch(), g.queries(), g.heads(), g.valueWidth());
  }

  static void forward(
      Backend b,
      AttentionGeometry g,
      Buffer q,
      Buffer k,
      Buffer v,
      @Nullable Buffer mask,
      int[] maskStrides,
      @Nullable Buffer probabilities,
      Buffer y) {
    Buffer p = probabilities == null ? b.allocate(g.scoreCount()) : probabilities;
    product(
        b,
        g,
        false,
        true,
        g.queries(),
        g.keys(),
        g.width(),
        g.scale(),
        queries(g).apart(b, q),
        keys(g).apart(b, k),
        p);
    int[] dense = {g.heads() * g.queries() * g.keys(), g.queries() * g.keys(), g.keys(), 1};
    if (mask != null) {
      b.binary(BinaryOp.ADD, g.scores(), p, dense, mask, maskStrides, p);
    }
    b.softmax(g.batch() * g.heads() * g.queries(), g.keys(), 1, p, p);
    Buffer apart = b.allocate(g.batch() * g.heads() * g.queries() * g.valueWidth());
    product(
        b,
        g,
        false,
        false,
        g.queries(),
        g.valueWidth(),
        g.keys(),
        1,
        p,
        values(g).apart(b, v),
        apart);
    results(g).together(b, apart, y);
  }

  /** {@code dv = p^T dy}. */
  static void gradientValues(
      Backend b, AttentionGeometry g, Buffer probabilities, Buffer dy, Buffer dv) {
    Buffer apart = b.allocate(g.batch() * g.heads() * g.keys() * g.valueWidth());
    product(
        b,
        g,
        true,
        false,
        g.keys(),
        g.valueWidth(),
        g.queries(),
        1,
        probabilities,
        results(g).apart(b, dy),
        apart);
    values(g).together(b, apart, dv);
  }

  /** {@code ds = p (dp - Σ dp p)} with {@code dp = dy v^T}. */
  static void gradientScores(
      Backend b, AttentionGeometry g, Buffer v, Buffer probabilities, Buffer dy, Buffer ds) {
    // Apart from ds: the softmax reads it after it has begun to write.
    Buffer dp = b.allocate(g.scoreCount());
    product(
        b,
        g,
        false,
        true,
        g.queries(),
        g.keys(),
        g.valueWidth(),
        1,
        results(g).apart(b, dy),
        values(g).apart(b, v),
        dp);
    b.softmaxGradient(g.batch() * g.heads() * g.queries(), g.keys(), 1, probabilities, dp, ds);
  }

  /** {@code dq = scale ds k}. */
  static void gradientQueries(Backend b, AttentionGeometry g, Buffer k, Buffer ds, Buffer dq) {
    Buffer apart = b.allocate(g.batch() * g.heads() * g.queries() * g.width());
    product(
        b,
        g,
        false,
        false,
        g.queries(),
        g.width(),
        g.keys(),
        g.scale(),
        ds,
        keys(g).apart(b, k),
        apart);
    queries(g).together(b, apart, dq);
  }

  /** {@code dk = scale ds^T q}. */
  static void gradientKeys(Backend b, AttentionGeometry g, Buffer q, Buffer ds, Buffer dk) {
    Buffer apart = b.allocate(g.batch() * g.heads() * g.keys() * g.width());
    product(
        b,
        g,
        true,
        false,
        g.keys(),
        g.width(),
        g.queries(),
        g.scale(),
        ds,
        queries(g).apart(b, q),
        apart);
    keys(g).together(b, apart, dk);
  }

  /** One product for each head of each sample. */
  private static void product(
      Backend b,
      AttentionGeometry g,
      boolean transposeX,
      boolean transposeZ,
      int m,
      int n,
      int k,
      double scale,
      Buffer x,
      Buffer z,
      Buffer y) {
    b.gemm(
        new GemmGeometry(
            g.batch() * g.heads(), transposeX, transposeZ, m, n, k, m * k, k * n, m * n),
        scale,
        x,
        z,
        0,
        y);
  }
}
