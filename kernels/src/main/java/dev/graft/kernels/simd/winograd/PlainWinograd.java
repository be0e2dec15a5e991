package dev.graft.kernels.simd.winograd;

import dev.graft.kernels.simd.vector.Interleave;
import dev.graft.kernels.simd.vector.Lanes;

/**
 * {@link WinogradTransform}, {@link WinogradWeights} and what {@link Interleave} does for them
 * without vectors: tile after tile, the same operations on each.
 */
final class PlainWinograd {

  private static final int N = Lanes.COUNT;

  private PlainWinograd() {}

  /** See {@link Interleave#apart}. */
  static void apart(float[] x, int from, float[] to, int at, int stride) {
    for (int i = 0; i < N; i++) {
      to[at + i] = x[from + 4 * i];
      to[at + stride + i] = x[from + 4 * i + 1];
      to[at + 2 * stride + i] = x[from + 4 * i + 2];
      to[at + 3 * stride + i] = x[from + 4 * i + 3];
    }
  }

  /** See {@link Interleave#together}. */
  static void together(float[] x, int from, float[] to, int at) {
    for (int i = 0; i < N; i++) {
      to[at + 4 * i] = x[from + i];
      to[at + 4 * i + 1] = x[from + N + i];
      to[at + 4 * i + 2] = x[from + 2 * N + i];
      to[at + 4 * i + 3] = x[from + 3 * N + i];
    }
  }

  /** See {@link WinogradTransform#input}. */
  static void input(
      float[] d, int from, int plane, int below, float[] t, float[] v, int at, int stride) {
    int row = 6 * plane;
    for (int lane = 0; lane < N; lane++) {
      for (int j = 0; j < 6; j++) {
        int p = from + j * plane + lane;
        inputLine(
            d[p],
            d[p + row],
            d[p + 2 * row],
            d[p + 3 * row],
            d[p + below],
            d[p + row + below],
            t,
            j,
            6);
      }
      for (int i = 0; i < 6; i++) {
        int p = i * 6;
        int to = at + p * stride + lane;
        inputLine(t[p], t[p + 1], t[p + 2], t[p + 3], t[p + 4], t[p + 5], v, to, stride);
      }
    }
  }

  private static void inputLine(
      float d0, float d1, float d2, float d3, float d4, float d5, float[] to, int at, int stride) {
    float a = Math.fma(-4f, d2, d4);
    float b = Math.fma(-4f, d1, d3);
    float c = d4 - d2;
    float e = d3 - d1;
    float f = e + e;
    to[at] = Math.fma(4f, d0, Math.fma(-5f, d2, d4));
    to[at + stride] = a + b;
    to[at + 2 * stride] = a - b;
    to[at + 3 * stride] = c + f;
    to[at + 4 * stride] = c - f;
    to[at + 5 * stride] = Math.fma(4f, d1, Math.fma(-5f, d3, d5));
  }

  /** See {@link WinogradTransform#output}. */
  static void output(float[] m, int from, int stride, float[] t, int y) {
    int row = 6 * stride;
    for (int lane = 0; lane < N; lane++) {
      for (int j = 0; j < 6; j++) {
        int p = from + j * stride + lane;
        outputLine(
            m[p],
            m[p + row],
            m[p + 2 * row],
            m[p + 3 * row],
            m[p + 4 * row],
            m[p + 5 * row],
            t,
            j,
            6);
      }
      for (int i = 0; i < 4; i++) {
        int p = i * 6;
        int to = y + i * 4 * N + lane;
        outputLine(t[p], t[p + 1], t[p + 2], t[p + 3], t[p + 4], t[p + 5], t, to, N);
      }
    }
  }

  private static void outputLine(
      float m0, float m1, float m2, float m3, float m4, float m5, float[] to, int at, int stride) {
    float a = m1 + m2;
    float b = m1 - m2;
    float c = m3 + m4;
    float e = m3 - m4;
    to[at] = m0 + a + c;
    to[at + stride] = Math.fma(2f, e, b);
    to[at + 2 * stride] = Math.fma(4f, c, a);
    to[at + 3 * stride] = Math.fma(8f, e, b) + m5;
  }

  /**
   * See {@link WinogradWeights}: G w G^T of kernels whose weights lie N apart, as its work does.
   */
  static void weights(float[] work, int lanes, float[] to, int at, int stride) {
    for (int lane = 0; lane < lanes; lane++) {
      for (int j = 0; j < 3; j++) {
        int w = j * N + lane;
        weightLine(work[w], work[w + 3 * N], work[w + 6 * N], work, (9 + j) * N + lane, 3 * N);
      }
      for (int i = 0; i < 6; i++) {
        int w = (9 + i * 3) * N + lane;
        weightLine(work[w], work[w + N], work[w + 2 * N], to, at + lane + i * 6 * stride, stride);
      }
    }
  }

  private static void weightLine(float w0, float w1, float w2, float[] to, int at, int stride) {
    float outer = w0 + w2;
    float far = w2 * 4f + w0;
    float twice = w1 + w1;
    to[at] = w0 * (1 / 4f);
    to[at + stride] = (outer + w1) * (-1 / 6f);
    to[at + 2 * stride] = (outer - w1) * (-1 / 6f);
    to[at + 3 * stride] = (far + twice) * (1 / 24f);
    to[at + 4 * stride] = (far - twice) * (1 / 24f);
    to[at + 5 * stride] = w2;
  }
}
