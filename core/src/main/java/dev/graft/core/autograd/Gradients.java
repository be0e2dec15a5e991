package dev.graft.core.autograd;

import dev.graft.core.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gradients of one loss to the leaves of a tape that asked for one. */
public final class Gradients {

  private final Map<Integer, Tensor> byLeaf;

  Gradients(Map<Integer, Tensor> byLeaf) {
    this.byLeaf = byLeaf;
  }

  /**
   * The gradient to {@code leaf}, of its shape; null if the leaf asked for none or does not lead to
   * the loss.
   */
  public @Nullable Tensor of(Value leaf) {
    return byLeaf.get(leaf.id());
  }
}
