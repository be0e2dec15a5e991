package dev.graft.importers.keras.layer;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.keras.config.LayerConfig;
import java.util.ArrayList;
import java.util.List;

/**
 * Kernels of convolutions in the order of Keras 2, {@code [k…, in, out]}, whichever Keras and
 * backend wrote them. Theano turns its kernels by 180 degrees before it slides them; what was
 * trained there is turned here, once.
 */
final class Kernels {

  private static final String THEANO = "theano";

  private Kernels() {}

  /**
   * @param axes number of spatial axes
   * @param shape {@code [k…, in, out]}
   */
  static Tensor read(LayerCursor layer, String slot, int axes, Shape shape) {
    LayerConfig config = layer.config();
    boolean first = config.origin().major() == 1;
    Tensor kernel = first && axes < 3 ? keras1(layer, slot, axes, shape) : layer.array(slot, shape);
    boolean turned = first ? config.channelsFirst() : config.origin().backend().equals(THEANO);
    return turned ? Permuted.turned(kernel, axes) : kernel;
  }

  /** Keras 1 has {@code [out, in, k…]} in files of Theano's order, and a size of 1 for one axis. */
  private static Tensor keras1(LayerCursor layer, String slot, int axes, Shape shape) {
    List<Integer> spatial = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      spatial.add(shape.size(axis));
    }
    if (axes == 1) {
      spatial.add(1);
    }
    int in = shape.size(axes);
    int out = shape.size(axes + 1);
    List<Integer> behind = new ArrayList<>(spatial);
    behind.addAll(List.of(in, out));
    List<Integer> before = new ArrayList<>(List.of(out, in));
    before.addAll(spatial);
    Tensor stored =
        layer.config().channelsFirst()
            ? layer.array(slot, Shape.of(before), Shape.of(behind))
            : layer.array(slot, Shape.of(behind), Shape.of(before));
    boolean theanos = stored.shape().equals(Shape.of(before));
    if (theanos && stored.shape().equals(Shape.of(behind))) {
      theanos = layer.config().channelsFirst();
    }
    int rank = stored.shape().rank();
    Tensor ordered =
        !theanos
            ? stored
            : rank == 4 ? Permuted.of(stored, 2, 3, 1, 0) : Permuted.of(stored, 2, 3, 4, 1, 0);
    return ordered.reshape(shape);
  }
}
