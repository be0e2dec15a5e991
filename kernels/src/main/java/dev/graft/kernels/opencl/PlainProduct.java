package dev.graft.kernels.opencl;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.GemmGeometry;

/** {@code gemm_plain.cl}: the matrix product without tiles. */
final class PlainProduct {

  private final DeviceKernel kernel;

  PlainProduct(Programs programs) {
    kernel = programs.kernel("gemm_plain", "gemm_plain");
  }

  void run(GemmGeometry g, double alpha, Buffer a, Buffer b, double beta, Buffer c) {
    Launch launch = kernel.launch().integer(g.m()).integer(g.n()).integer(g.k());
    launch.real(alpha).real(beta);
    launch.buffer(a);
    distances(launch, g.transposeA(), g.m(), g.k(), g.strideA());
    launch.buffer(b);
    distances(launch, g.transposeB(), g.k(), g.n(), g.strideB());
    launch.buffer(c).integer(g.strideC()).over(g.n(), g.m(), g.batch());
  }

  /** From one row, one column and one matrix of op(X) {@code [rows, columns]} to the next. */
  private static void distances(
      Launch launch, boolean transposed, int rows, int columns, int next) {
    launch.integer(transposed ? 1 : columns).integer(transposed ? rows : 1).integer(next);
  }
}
