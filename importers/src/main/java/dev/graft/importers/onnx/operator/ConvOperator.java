package dev.graft.importers.onnx.operator;

import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.List;

/** Convolutions; never carried out at import, since their work is not bounded by what they read. */
final class ConvOperator {

  static final List<OnnxOperator> ALL =
      List.of(OnnxOperator.of("Conv", ConvOperator::read).writes(Conv.class, ConvOperator::write));

  private ConvOperator() {}

  private static void read(NodeCursor node) {
    List<Integer> kernel = kernel(node, node.shape(1));
    int groups = node.integer("group", 1);
    node.emit(new Conv(WindowAttributes.read(node, kernel), groups), node.inputs(3));
  }

  /** The sizes of a kernel, as its weight has them. */
  static List<Integer> kernel(NodeCursor node, Shape weight) {
    if (weight.rank() < 3) {
      throw new ImportException("its weight " + weight + " has no kernel axes");
    }
    List<Integer> kernel = new ArrayList<>();
    for (int axis = 2; axis < weight.rank(); axis++) {
      kernel.add(weight.size(axis));
    }
    List<Integer> said = WindowAttributes.integers(node, "kernel_shape", kernel);
    if (!said.equals(kernel)) {
      throw new ImportException("kernel_shape " + said + " does not match its weight " + weight);
    }
    return kernel;
  }

  private static void write(Conv conv, NodeWriter node) {
    WindowAttributes.write(conv.window(), node);
    node.integer("group", conv.groups());
  }
}
