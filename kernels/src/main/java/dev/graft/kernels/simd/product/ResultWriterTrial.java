package dev.graft.kernels.simd.product;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.simd.vector.KernelForm;

/** Rows of a tile, with everything that may follow a product and with nothing. */
final class ResultWriterTrial implements KernelForm.Trial {

  private static final int RUN = 2 * Tiles.WIDTH;

  private final float[] from = new float[RUN];
  private final HostBuffer addend = HostBuffer.of(from);
  private final ResultWriter bare = target();
  private final ResultWriter full =
      target().plusBias(addend, 0).plusResidual(addend, addend).activated(UnaryOp.RELU, 0, 0);
  private final ResultWriter columns = target().plusColumnBias(addend);
  private final ResultWriter scaled = target().scaled(2f, 1f);

  private static ResultWriter target() {
    return ResultWriter.matrix(RUN).over(new float[RUN], 0);
  }

  @Override
  public void run(boolean vector) {
    run(vector, bare);
    run(vector, full);
    run(vector, columns);
    run(vector, scaled);
  }

  private void run(boolean vector, ResultWriter target) {
    if (vector) {
      target.flushRun(from, 0, 0, RUN, 1f, 0, true, true);
      target.flushRun(from, 0, 0, RUN, 0f, 0, false, false);
    } else {
      target.flushSpread(from, 0, 0, RUN, 1f, 0, true, true);
      target.flushSpread(from, 0, 0, RUN, 0f, 0, false, false);
    }
  }
}
