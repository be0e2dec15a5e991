package dev.graft.importers.onnx.operator;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Windows over three spatial axes, of which core has two: {@code x [N, C, depth, height, width]}. A
 * pooling goes over the planes and then over the depth; a convolution takes what its kernel covers
 * of the depth as further channels of each plane.
 */
final class Volumes {

  private static final int AXES = 3;

  private Volumes() {}

  /** Whether a kernel has three axes. */
  static boolean isVolume(List<Integer> kernel) {
    return kernel.size() == AXES;
  }

  /** The window over height and width. */
  private static Window plane(WindowAttributes.Lists given) {
    List<Integer> pads = given.pads();
    return new Window(
        given.kernel().subList(1, AXES),
        given.strides().subList(1, AXES),
        given.dilations().subList(1, AXES),
        List.of(pads.get(1), pads.get(2), pads.get(4), pads.get(5)),
        given.autoPad(),
        given.ceilMode());
  }

  /** The window over the depth, where height and width have become one axis. */
  private static Window depth(WindowAttributes.Lists given) {
    return new Window(
        List.of(given.kernel().get(0), 1),
        List.of(given.strides().get(0), 1),
        List.of(given.dilations().get(0), 1),
        List.of(given.pads().get(0), 0, given.pads().get(AXES), 0),
        given.autoPad(),
        given.ceilMode());
  }

  /**
   * A pooling of {@code x}, whose windows are boxes: it is one of the planes, then of the depth.
   */
  static Term pooled(NodeCursor node, Term x, List<Integer> kernel, Function<Window, Op> pooling) {
    WindowAttributes.Lists given = WindowAttributes.lists(node, kernel);
    Shape shape = expectVolume(node.graph().shape(node.emitTerm(x)));
    int channels = shape.size(1);
    Term planes = x.reshape(0, product(channels, shape.size(2)), shape.size(3), shape.size(4));
    Term inPlanes = Term.of(pooling.apply(plane(given)), planes);
    Shape pooled = node.graph().shape(node.emitTerm(inPlanes));
    Term columns =
        inPlanes.reshape(0, channels, shape.size(2), product(pooled.size(2), pooled.size(3)));
    Term inDepth = Term.of(pooling.apply(depth(given)), columns);
    int left = node.graph().shape(node.emitTerm(inDepth)).size(2);
    return inDepth.reshape(0, channels, left, pooled.size(2), pooled.size(3));
  }

  private static Shape expectVolume(Shape x) {
    if (x.rank() != AXES + 2) {
      throw new ImportException("has three spatial axes for " + x);
    }
    return x;
  }

  private static int product(int a, int b) {
    return WholeNumbers.toInt((long) a * b, "a size of a volume");
  }

  /** The convolution of a node whose kernel has three axes. */
  static Term convolved(NodeCursor node, List<Integer> kernel) {
    WindowAttributes.Lists given = WindowAttributes.lists(node, kernel);
    Shape x = expectVolume(node.shape(0));
    int taps = kernel.get(0);
    int stride = given.strides().get(0);
    int dilation = given.dilations().get(0);
    int[] pads = depthPads(given, x.size(2));
    long reach = (long) dilation * (taps - 1);
    long room = (long) x.size(2) + pads[0] + pads[1] - reach - 1;
    if (Math.min(stride, dilation) < 1 || Math.min(pads[0], pads[1]) < 0 || room < 0) {
      throw new ImportException("has a kernel " + kernel + " that does not fit " + x);
    }
    int depth = (int) (room / stride) + 1;
    Term padded =
        pads[0] + pads[1] == 0
            ? node.term(0)
            : Term.of(new Pad(List.of(0, 0, pads[0], 0, 0, 0, 0, pads[1], 0, 0), 0), node.term(0));
    Term[] parts = new Term[taps];
    for (int tap = 0; tap < taps; tap++) {
      long from = (long) tap * dilation;
      long end = from + (long) (depth - 1) * stride + 1;
      Slice slice = new Slice(List.of(from), List.of(end), List.of(2), List.of((long) stride));
      parts[tap] = Term.of(new Unsqueeze(List.of(2)), Term.of(slice, padded));
    }
    Term covered = taps == 1 ? parts[0] : Term.of(new Concat(2), parts);
    Term planes =
        covered
            .transpose(0, 3, 1, 2, 4, 5)
            .reshape(-1, product(x.size(1), taps), x.size(3), x.size(4));
    List<Term> reads = new ArrayList<>(List.of(planes, weight(node, taps)));
    if (node.has(2)) {
      reads.add(node.term(2));
    }
    Conv conv = new Conv(plane(given), node.integer("group", 1));
    Term flat = Term.of(conv, reads.toArray(Term[]::new));
    Shape made = node.graph().shape(node.emitTerm(flat));
    return flat.reshape(-1, depth, made.size(1), made.size(2), made.size(3))
        .transpose(0, 2, 1, 3, 4);
  }

  /** {@code [O, C, depth, height, width]} as {@code [O, C depth, height, width]}. */
  private static Term weight(NodeCursor node, int taps) {
    Shape w = node.shape(1, AXES + 2);
    Shape flat = Shape.of(w.size(0), product(w.size(1), taps), w.size(3), w.size(4));
    Tensor stored = node.graph().stored(node.input(1));
    if (stored == null) {
      return Term.of(
          new Reshape(List.of(flat.size(0), flat.size(1), flat.size(2), flat.size(3))),
          node.term(1));
    }
    // A stored tensor of its own: only so it is a parameter of the convolution.
    String name = node.input(1) + "/planes";
    node.graph().addStored(name, stored.reshape(flat));
    return Term.of(name);
  }

  private static int[] depthPads(WindowAttributes.Lists given, int depth) {
    if (given.autoPad() == AutoPad.NOTSET) {
      return new int[] {given.pads().get(0), given.pads().get(AXES)};
    }
    if (given.autoPad() == AutoPad.VALID) {
      return new int[2];
    }
    int stride = Math.max(1, given.strides().get(0));
    long steps = (depth + (long) stride - 1) / stride;
    long reach = (long) given.dilations().get(0) * (given.kernel().get(0) - 1) + 1;
    int total =
        (int) Math.max(0, Math.min(Integer.MAX_VALUE, (steps - 1) * stride + reach - depth));
    int small = total / 2;
    return given.autoPad() == AutoPad.SAME_UPPER
        ? new int[] {small, total - small}
        : new int[] {total - small, small};
  }
}
