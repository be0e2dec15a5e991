package dev.graft.kernels.simd.product;

import dev.graft.core.backend.HostBuffer;
import dev.graft.core.backend.UnaryOp;
import dev.graft.kernels.simd.vector.Form;

/** Rows of a tile, with everything that may follow a product and with nothing. */
final class TargetTrial implements Form.Trial {

  private static final int RUN = 2 * Tiles.WIDTH;

  private final float[] from = new float[RUN];
  private final HostBuffer addend = HostBuffer.of(from);
  private final Target bare = target();
  private final Target full =
      target().plusBias(addend, 0).plusResidual(addend, addend).activated(UnaryOp.RELU, 0, 0);
  private final Target columns = target().plusColumnBias(addend);
  private final Target scaled = target().scaled(2f, 1f);

  private static Target target() {
    return Target.matrix(RUN).over(new float[RUN], 0);
  }

  @Override
  public void run(boolean vector) {
    run(vector, bare);
    run(vector, full);
    run(vector, columns);
    run(vector, scaled);
  }

  private void run(boolean vector, Target target) {
    if (vector) {
      target.flushRun(from, 0, 0, RUN, 1f, 0, true, true);
      target.flushRun(from, 0, 0, RUN, 0f, 0, false, false);
    } else {
      target.flushSpread(from, 0, 0, RUN, 1f, 0, true, true);
      target.flushSpread(from, 0, 0, RUN, 0f, 0, false, false);
    }
  }
}
