package dev.graft.core.plan;

import dev.graft.core.backend.Buffer;
import dev.graft.core.backend.Kernel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution or product with prepared weights, and what was fused into it.
 *
 * @param weights where the kernel reads them as they are stored; else null
 * @param bias null where there is none
 * @param residual null where there is none
 */
record KernelStep(
    Kernel kernel,
    Slot x,
    @Nullable Slot weights,
    @Nullable Slot bias,
    @Nullable Slot residual,
    Slot y)
    implements Step {

  @Override
  public List<Slot> reads() {
    List<Slot> read = new ArrayList<>(List.of(x));
    for (Slot other : new @Nullable Slot[] {weights, bias, residual}) {
      if (other != null) {
        read.add(other);
      }
    }
    return read;
  }

  @Override
  public List<Slot> writes() {
    return List.of(y);
  }

  @Override
  public long packedBytes() {
    return kernel.bytes();
  }

  // The residual could be y, but the kernel of a backend without a better one allocates then.

  @Override
  public Action bind(Binding at) {
    Buffer from = at.tensor(x).buffer();
    Buffer to = at.tensor(y).buffer();
    Buffer added = bias == null ? null : at.tensor(bias).buffer();
    Buffer shortcut = residual == null ? null : at.tensor(residual).buffer();
    return key -> kernel.run(from, added, shortcut, to);
  }
}
