package dev.graft.importers.onnx.operator;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.ConvTranspose;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Convolutions and transposed ones; never carried out at import, since their work is not bounded by
 * what they read.
 */
final class ConvOperator {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("ConvTranspose", ConvOperator::readTransposed)
              .writes(ConvTranspose.class, ConvOperator::writeTransposed),
          OnnxOperator.of("Conv", ConvOperator::read).writes(Conv.class, ConvOperator::write));

  private ConvOperator() {}

  private static void read(NodeCursor node) {
    List<Integer> kernel = kernel(node, node.shape(1));
    if (Volumes.isVolume(kernel)) {
      node.emit(Volumes.convolved(node, kernel));
      return;
    }
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

  private static void readTransposed(NodeCursor node) {
    Shape weight = node.shape(1);
    List<Integer> kernel = kernel(node, weight);
    Window given = WindowAttributes.read(node, kernel);
    int axes = kernel.size();
    List<Integer> padding =
        new ArrayList<>(
            WindowAttributes.integers(node, "output_padding", Collections.nCopies(axes, 0)));
    List<Integer> pads = new ArrayList<>(given.pads());
    List<Integer> target = WindowAttributes.integers(node, "output_shape", List.of());
    if (padding.size() != axes || !target.isEmpty() && target.size() < axes) {
      throw new ImportException(
          "its output_padding "
              + padding
              + " and output_shape "
              + target
              + " are not for "
              + axes
              + " spatial axes");
    }
    for (int axis = 0; axis < axes; axis++) {
      if (!target.isEmpty() || given.autoPad() != AutoPad.NOTSET) {
        resolve(node, given, target, axis, pads, padding);
      }
    }
    Window window =
        new Window(
            kernel, given.strides(), given.dilations(), pads, AutoPad.NOTSET, given.ceilMode());
    node.emit(new ConvTranspose(window, padding, node.integer("group", 1)), node.inputs(3));
  }

  /**
   * Pads of one axis, after the text of ONNX: what the kernel makes beyond the output's size, which
   * is given or the input's times the stride, is cut off at both ends.
   */
  private static void resolve(
      NodeCursor node,
      Window window,
      List<Integer> target,
      int axis,
      List<Integer> pads,
      List<Integer> padding) {
    int axes = window.axes();
    int stride = window.strides().get(axis);
    int total = 0;
    if (!target.isEmpty()) {
      int wanted = target.get(target.size() - axes + axis);
      total =
          made(window, axis, padding)
              + stride * (node.shape(0, axes + 2).size(axis + 2) - 1)
              - wanted;
    } else if (window.autoPad() != AutoPad.VALID) {
      total = made(window, axis, padding) - stride;
    }
    if (total < 0) {
      padding.set(axis, padding.get(axis) - total);
      total = 0;
    }
    int small = total / 2;
    boolean upper = window.autoPad() == AutoPad.SAME_UPPER;
    pads.set(axis, upper ? small : total - small);
    pads.set(axis + axes, upper ? total - small : small);
  }

  private static int made(Window window, int axis, List<Integer> padding) {
    return window.dilations().get(axis) * (window.kernel().get(axis) - 1) + 1 + padding.get(axis);
  }

  private static void writeTransposed(ConvTranspose conv, NodeWriter node) {
    WindowAttributes.write(conv.window(), node);
    node.integers("output_padding", conv.outputPadding());
    node.integer("group", conv.groups());
  }
}
