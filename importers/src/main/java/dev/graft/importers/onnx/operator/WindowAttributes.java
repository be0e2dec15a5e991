package dev.graft.importers.onnx.operator;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.importers.ImportException;
import java.util.Collections;
import java.util.List;

/** The attributes that operators with a sliding window share. */
final class WindowAttributes {

  private WindowAttributes() {}

  /** A window over any number of axes, as {@link Window} has it. */
  record Lists(
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> pads,
      AutoPad autoPad,
      boolean ceilMode) {}

  /** The window of a node whose kernel has these sizes, over one axis or two. */
  static Window read(NodeCursor node, List<Integer> kernel) {
    int axes = kernel.size();
    if (axes < 1 || axes > 2) {
      throw new ImportException("works on " + axes + " spatial axes; 1 and 2 are supported");
    }
    Lists given = lists(node, kernel);
    return new Window(
        kernel,
        given.strides(),
        given.dilations(),
        given.pads(),
        given.autoPad(),
        given.ceilMode());
  }

  /**
   * The same over any number of axes.
   *
   * @throws ImportException if a list is not as long as the kernel has axes
   */
  static Lists lists(NodeCursor node, List<Integer> kernel) {
    int axes = kernel.size();
    String autoPad = node.attributes().text("auto_pad", "NOTSET");
    AutoPad mode;
    try {
      mode = AutoPad.valueOf(autoPad);
    } catch (IllegalArgumentException e) {
      throw new ImportException("auto_pad has the unknown value " + autoPad, e);
    }
    Lists lists =
        new Lists(
            kernel,
            integers(node, "strides", Collections.nCopies(axes, 1)),
            integers(node, "dilations", Collections.nCopies(axes, 1)),
            integers(node, "pads", Collections.nCopies(2 * axes, 0)),
            mode,
            node.attributes().integer("ceil_mode", 0) != 0);
    if (lists.strides().size() != axes
        || lists.dilations().size() != axes
        || lists.pads().size() != 2 * axes) {
      throw new ImportException("has a window of " + axes + " axes with other lists: " + lists);
    }
    return lists;
  }

  /** A list attribute, where an empty one counts as absent. */
  static List<Integer> integers(NodeCursor node, String name, List<Integer> absent) {
    List<Integer> given = node.integers(name);
    return given == null || given.isEmpty() ? absent : given;
  }

  /** Writes kernel, strides, dilations and pads. */
  static void write(Window window, NodeWriter node) {
    node.integers("kernel_shape", window.kernel());
    node.integers("strides", window.strides());
    node.integers("dilations", window.dilations());
    writePads(window, node);
  }

  /** The same for a pooling, which has dilations since opset 10 or 19 and may round up. */
  static void writePooling(Window window, NodeWriter node) {
    node.integers("kernel_shape", window.kernel());
    node.integers("strides", window.strides());
    if (isDilated(window)) {
      node.integers("dilations", window.dilations());
    }
    writePads(window, node);
    node.integer("ceil_mode", window.ceilMode() ? 1 : 0);
  }

  private static void writePads(Window window, NodeWriter node) {
    if (window.autoPad() == AutoPad.NOTSET) {
      node.integers("pads", window.pads());
    } else {
      node.text("auto_pad", window.autoPad().name());
    }
  }

  static boolean isDilated(Window window) {
    return window.dilations().stream().anyMatch(d -> d != 1);
  }
}
