package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.tensor.Tensor;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code Σ x^2} over all elements of some tensors. The backend sums rows of elements, as products
 * of a row with itself; only these sums, few and short enough to be exact to some units of a
 * float's last place, come to the host, where they are added in double precision.
 */
final class SquaredNorm {

  /** Elements of a row. */
  private static final int ROW = 4096;

  private SquaredNorm() {}

  /** The same bits for the same names and values. */
  static double of(Backend backend, Map<String, Tensor> tensors) {
    int count = tensors.values().stream().mapToInt(x -> rows(x.shape().elements())).sum();
    if (count == 0) {
      return 0;
    }
    Buffer sums = backend.allocate(count);
    int at = 0;
    // In one order, so that the sum repeats.
    for (Tensor x : new TreeMap<>(tensors).values()) {
      int n = x.shape().elements();
      square(backend, n, x.buffer(), sums.slice(at, rows(n)));
      at += rows(n);
    }
    float[] parts = new float[count];
    backend.download(sums, count, parts, 0);
    double total = 0;
    for (float part : parts) {
      total += part;
    }
    return total;
  }

  private static int rows(int n) {
    return (n + ROW - 1) / ROW;
  }

  private static void square(Backend backend, int n, Buffer x, Buffer sums) {
    int whole = n / ROW;
    int rest = n - whole * ROW;
    if (whole > 0) {
      Buffer y = sums.slice(0, whole);
      backend.gemm(new GemmGeometry(whole, false, false, 1, 1, ROW, ROW, ROW, 1), 1, x, x, 0, y);
    }
    if (rest > 0) {
      Buffer last = x.slice(whole * ROW, rest);
      backend.gemm(
          GemmGeometry.of(false, false, 1, 1, rest), 1, last, last, 0, sums.slice(whole, 1));
    }
  }
}
