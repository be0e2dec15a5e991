package dev.graft.importers.keras.layer;

import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Functions that move elements. */
final class LayoutOperations {

  private LayoutOperations() {}

  /** The samples' number, where the file fixes it or leaves it over, stays what it is. */
  static String reshape(OperationCall call) {
    String x = call.tensor(0, "x", "tensor");
    List<Integer> target = call.integers(1, "newshape", "shape");
    Shape shape = call.layer().shape(x);
    Size inner = shape.product(1, shape.rank());
    long wanted = 1;
    for (int size : target.isEmpty() ? target : target.subList(1, target.size())) {
      wanted *= size;
    }
    if (!target.isEmpty() && target.get(0) == -1 && inner.is(wanted)) {
      target = new ArrayList<>(target);
      target.set(0, 0);
    }
    return call.layer().emit(new Reshape(target), x);
  }

  static String transpose(OperationCall call) {
    List<Integer> axes =
        call.isTold(1, "axes", "perm") ? call.integers(1, "axes", "perm") : List.of();
    String x = call.tensor(0, "x", "a");
    Shape shape = call.layer().shape(x);
    return call.layer().emit(new Transpose(axes.stream().map(shape::axis).toList()), x);
  }

  static String swapAxes(OperationCall call) {
    String x = call.tensor(0, "x");
    Shape shape = call.layer().shape(x);
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      axes.add(axis);
    }
    Collections.swap(
        axes, shape.axis(call.integer(1, 0, "axis1")), shape.axis(call.integer(2, 0, "axis2")));
    return call.layer().emit(new Transpose(axes), x);
  }

  static String expand(OperationCall call) {
    return call.layer()
        .emit(new Unsqueeze(call.integers(1, "axis", "dim")), call.tensor(0, "x", "input"));
  }

  static String squeeze(OperationCall call) {
    return call.layer()
        .emit(new Squeeze(call.integers(1, "axis", "squeeze_dims")), call.tensor(0, "x", "input"));
  }

  static String concatenate(OperationCall call) {
    int axis = call.integer(call.arguments().size() - 1, -1, "axis");
    return call.layer().emit(new Concat(axis), call.tensors().toArray(String[]::new));
  }

  static String stack(OperationCall call) {
    int axis = call.integer(1, 0, "axis");
    String[] parts =
        call.tensors().stream()
            .map(x -> call.layer().step("part", new Unsqueeze(List.of(axis)), x))
            .toArray(String[]::new);
    return call.layer().emit(new Concat(axis), parts);
  }
}
