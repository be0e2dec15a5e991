package dev.graft.kernels.simd.winograd;

import dev.graft.kernels.simd.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The transforms of F(4x4, 3x3) over vectors of tiles (Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", CVPR 2016, with the points 0, 1, -1, 2, -2 and infinity).
 */
final class WinogradTransform {

  private static final VectorSpecies<Float> F = Lanes.FLOATS;
  private static final int N = Lanes.COUNT;

  private WinogradTransform() {}

  /**
   * {@code V = B^T d B} for as many tiles as there are lanes.
   *
   * @param d phase planes: column phase j of row phase i at {@code from + (i 6 + j) plane}, four
   *     row phases; rows 4 and 5 of a tile are phases 0 and 1, {@code below} elements further on
   * @param t working memory, 36 vectors
   * @param v point (i, j) goes to {@code at + (i 6 + j) stride}
   */
  static void input(
      float[] d, int from, int plane, int below, float[] t, float[] v, int at, int stride) {
    for (int j = 0; j < 6; j++) {
      int p = from + j * plane;
      int row = 6 * plane;
      FloatVector d0 = FloatVector.fromArray(F, d, p);
      FloatVector d1 = FloatVector.fromArray(F, d, p + row);
      FloatVector d2 = FloatVector.fromArray(F, d, p + 2 * row);
      FloatVector d3 = FloatVector.fromArray(F, d, p + 3 * row);
      FloatVector d4 = FloatVector.fromArray(F, d, p + below);
      FloatVector d5 = FloatVector.fromArray(F, d, p + row + below);
      inputLine(d0, d1, d2, d3, d4, d5, t, j * N, 6 * N);
    }
    for (int i = 0; i < 6; i++) {
      int p = i * 6 * N;
      FloatVector d0 = FloatVector.fromArray(F, t, p);
      FloatVector d1 = FloatVector.fromArray(F, t, p + N);
      FloatVector d2 = FloatVector.fromArray(F, t, p + 2 * N);
      FloatVector d3 = FloatVector.fromArray(F, t, p + 3 * N);
      FloatVector d4 = FloatVector.fromArray(F, t, p + 4 * N);
      FloatVector d5 = FloatVector.fromArray(F, t, p + 5 * N);
      inputLine(d0, d1, d2, d3, d4, d5, v, at + i * 6 * stride, stride);
    }
  }

  private static void inputLine(
      FloatVector d0,
      FloatVector d1,
      FloatVector d2,
      FloatVector d3,
      FloatVector d4,
      FloatVector d5,
      float[] to,
      int at,
      int stride) {
    // Rows of B^T: (4 0 -5 0 1 0), (0 -4 -4 1 1 0), (0 4 -4 -1 1 0), (0 -2 -1 2 1 0),
    // (0 2 -1 -2 1 0), (0 4 0 -5 0 1).
    FloatVector a = FloatVector.broadcast(F, -4f).fma(d2, d4);
    FloatVector b = FloatVector.broadcast(F, -4f).fma(d1, d3);
    FloatVector c = d4.sub(d2);
    FloatVector e = d3.sub(d1);
    FloatVector f = e.add(e);
    FloatVector.broadcast(F, 4f)
        .fma(d0, FloatVector.broadcast(F, -5f).fma(d2, d4))
        .intoArray(to, at);
    a.add(b).intoArray(to, at + stride);
    a.sub(b).intoArray(to, at + 2 * stride);
    c.add(f).intoArray(to, at + 3 * stride);
    c.sub(f).intoArray(to, at + 4 * stride);
    FloatVector.broadcast(F, 4f)
        .fma(d1, FloatVector.broadcast(F, -5f).fma(d3, d5))
        .intoArray(to, at + 5 * stride);
  }

  /**
   * {@code Y = A^T M A} for as many tiles as there are lanes.
   *
   * @param m point (i, j) at {@code from + (i 6 + j) stride}
   * @param t working memory, 24 vectors, and from {@code y} on the result: pixel (i, j) at {@code y
   *     + (i 4 + j) N}
   */
  static void output(float[] m, int from, int stride, float[] t, int y) {
    for (int j = 0; j < 6; j++) {
      int p = from + j * stride;
      int row = 6 * stride;
      outputLine(
          FloatVector.fromArray(F, m, p),
          FloatVector.fromArray(F, m, p + row),
          FloatVector.fromArray(F, m, p + 2 * row),
          FloatVector.fromArray(F, m, p + 3 * row),
          FloatVector.fromArray(F, m, p + 4 * row),
          FloatVector.fromArray(F, m, p + 5 * row),
          t,
          j * N,
          6 * N);
    }
    for (int i = 0; i < 4; i++) {
      int p = i * 6 * N;
      outputLine(
          FloatVector.fromArray(F, t, p),
          FloatVector.fromArray(F, t, p + N),
          FloatVector.fromArray(F, t, p + 2 * N),
          FloatVector.fromArray(F, t, p + 3 * N),
          FloatVector.fromArray(F, t, p + 4 * N),
          FloatVector.fromArray(F, t, p + 5 * N),
          t,
          y + i * 4 * N,
          N);
    }
  }

  private static void outputLine(
      FloatVector m0,
      FloatVector m1,
      FloatVector m2,
      FloatVector m3,
      FloatVector m4,
      FloatVector m5,
      float[] to,
      int at,
      int stride) {
    // Rows of A^T: (1 1 1 1 1 0), (0 1 -1 2 -2 0), (0 1 1 4 4 0), (0 1 -1 8 -8 1).
    FloatVector a = m1.add(m2);
    FloatVector b = m1.sub(m2);
    FloatVector c = m3.add(m4);
    FloatVector e = m3.sub(m4);
    m0.add(a).add(c).intoArray(to, at);
    FloatVector.broadcast(F, 2f).fma(e, b).intoArray(to, at + stride);
    FloatVector.broadcast(F, 4f).fma(c, a).intoArray(to, at + 2 * stride);
    FloatVector.broadcast(F, 8f).fma(e, b).add(m5).intoArray(to, at + 3 * stride);
  }
}
