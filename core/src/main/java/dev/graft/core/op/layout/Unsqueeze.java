package dev.graft.core.op.layout;

import dev.graft.core.op.Arity;
import dev.graft.core.op.View;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Size;
import java.util.List;
import java.util.TreeSet;

/**
 * Inserts axes of size 1. ONNX Unsqueeze (1, 11, 13).
 *
 * @param axes positions in the <em>output</em>, negative from its end, all different
 */
public record Unsqueeze(List<Integer> axes) implements View {

  public Unsqueeze {
    axes = List.copyOf(axes);
  }

  @Override
  public String type() {
    return "Unsqueeze";
  }

  @Override
  public List<Shape> outputShapes(List<Shape> inputs) {
    Arity.expect(this, inputs, 1);
    Shape x = inputs.get(0);
    int rank = x.rank() + axes.size();
    TreeSet<Integer> inserted = new TreeSet<>();
    for (int axis : axes) {
      int at = axis < 0 ? axis + rank : axis;
      if (at < 0 || at >= rank || !inserted.add(at)) {
        throw new ShapeException("Unsqueeze of " + x + " at axes " + axes + " is not possible");
      }
    }
    Size[] sizes = new Size[rank];
    int next = 0;
    for (int axis = 0; axis < rank; axis++) {
      sizes[axis] = inserted.contains(axis) ? Size.of(1) : x.dim(next++);
    }
    return List.of(Shape.ofSizes(sizes));
  }
}
