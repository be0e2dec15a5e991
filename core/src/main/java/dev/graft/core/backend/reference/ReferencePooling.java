package dev.graft.core.backend.reference;

import dev.graft.core.backend.PoolGeometry;
import dev.graft.core.backend.reference.ReferenceBackend.DoubleBuffer;
import org.jspecify.annotations.Nullable;

/** Pooling: one number for every window of a plane, and how its gradient finds the way back. */
final class ReferencePooling {

  private ReferencePooling() {}

  static void max(PoolGeometry g, DoubleBuffer x, @Nullable DoubleBuffer winners, DoubleBuffer y) {
    for (int out = 0; out < g.planes() * g.outPlane(); out++) {
      double best = Double.NEGATIVE_INFINITY;
      int winner = -1;
      for (int k = 0; k < g.kernelHeight() * g.kernelWidth(); k++) {
        int from = position(g, out, k);
        if (from < 0) {
          continue;
        }
        double value = x.get(from);
        // The first one wins even where it is negative infinity; after a NaN nothing does.
        if (winner < 0 || value > best || (Double.isNaN(value) && !Double.isNaN(best))) {
          best = value;
          winner = k;
        }
      }
      y.set(out, best);
      if (winners != null) {
        winners.set(out, winner);
      }
    }
  }

  static void maxGradient(PoolGeometry g, DoubleBuffer winners, DoubleBuffer dy, DoubleBuffer dx) {
    clear(g, dx);
    for (int out = 0; out < g.planes() * g.outPlane(); out++) {
      int winner = (int) winners.get(out);
      if (winner >= 0) {
        dx.add(position(g, out, winner), dy.get(out));
      }
    }
  }

  static void average(PoolGeometry g, DoubleBuffer x, DoubleBuffer y) {
    for (int out = 0; out < g.planes() * g.outPlane(); out++) {
      double sum = 0;
      for (int k = 0; k < g.kernelHeight() * g.kernelWidth(); k++) {
        int from = position(g, out, k);
        sum += from < 0 ? 0 : x.get(from);
      }
      int count = count(g, out);
      y.set(out, count == 0 ? 0 : sum / count);
    }
  }

  static void averageGradient(PoolGeometry g, DoubleBuffer dy, DoubleBuffer dx) {
    clear(g, dx);
    for (int out = 0; out < g.planes() * g.outPlane(); out++) {
      double share = dy.get(out) / count(g, out);
      for (int k = 0; k < g.kernelHeight() * g.kernelWidth(); k++) {
        int to = position(g, out, k);
        if (to >= 0) {
          dx.add(to, share);
        }
      }
    }
  }

  private static void clear(PoolGeometry g, DoubleBuffer dx) {
    for (int i = 0; i < g.planes() * g.inPlane(); i++) {
      dx.set(i, 0);
    }
  }

  /** What an average divides by: the positions of the window that count. */
  private static int count(PoolGeometry g, int out) {
    int count = 0;
    for (int k = 0; k < g.kernelHeight() * g.kernelWidth(); k++) {
      int ih = row(g, out, k);
      int iw = column(g, out, k);
      boolean counts =
          g.countIncludePad()
              ? ih < g.inHeight() + g.padBottom() && iw < g.inWidth() + g.padRight()
              : position(g, out, k) >= 0;
      count += counts ? 1 : 0;
    }
    return count;
  }

  /** The element of x at position {@code k} of the window of output {@code out}; -1 outside x. */
  private static int position(PoolGeometry g, int out, int k) {
    int ih = row(g, out, k);
    int iw = column(g, out, k);
    if (ih < 0 || ih >= g.inHeight() || iw < 0 || iw >= g.inWidth()) {
      return -1;
    }
    return (out / g.outPlane() * g.inHeight() + ih) * g.inWidth() + iw;
  }

  private static int row(PoolGeometry g, int out, int k) {
    int oh = out % g.outPlane() / g.outWidth();
    return oh * g.strideHeight() - g.padTop() + k / g.kernelWidth() * g.dilationHeight();
  }

  private static int column(PoolGeometry g, int out, int k) {
    int ow = out % g.outWidth();
    return ow * g.strideWidth() - g.padLeft() + k % g.kernelWidth() * g.dilationWidth();
  }
}
