package dev.graft.core.op.linear;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.GemmGeometry;
import dev.graft.core.op.Op;
import dev.graft.core.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A product of which input 1 may be a weight that {@link Backend#prepare} gets beforehand. */
public interface WeightedProduct extends Op {

  /**
   * The single product {@code [m, k] [k, n]} that all of it amounts to, with a bias for each column
   * where there is an input 2; null where the operation computes anything else.
   *
   * @param inputs shapes that fit
   */
  @Nullable GemmGeometry geometry(List<Shape> inputs);
}
