package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Broadcasting;
import dev.graft.core.op.layout.ShapeOf;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;

/** Arithmetic that is at home among shapes and positions; of what is known at import alone. */
final class WholeNumberOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("Shape", WholeNumberOperators::readShape)
              .writes(ShapeOf.class, (op, node) -> {}),
          OnnxOperator.of("Mod", WholeNumberOperators::readMod).since(10),
          OnnxOperator.of("BitShift", WholeNumberOperators::readBitShift).since(11),
          pair("BitwiseAnd", (a, b) -> (long) a & (long) b),
          pair("BitwiseOr", (a, b) -> (long) a | (long) b),
          pair("BitwiseXor", (a, b) -> (long) a ^ (long) b),
          OnnxOperator.of("ReduceProd", WholeNumberOperators::readProduct),
          OnnxOperator.of("CumSum", node -> running(node, (a, b) -> a + b, 0)).since(11),
          OnnxOperator.of("CumProd", node -> running(node, (a, b) -> a * b, 1)).since(26),
          OnnxOperator.of("Range", WholeNumberOperators::readRange).since(11),
          OnnxOperator.of("Size", WholeNumberOperators::readSize));

  private WholeNumberOperators() {}

  private static OnnxOperator pair(String name, DoubleBinaryOperator of) {
    return OnnxOperator.of(name, node -> node.fold(pairwise(node.known(0), node.known(1), of)))
        .since(18);
  }

  /** With broadcasting; the type is the first operand's. */
  static Known pairwise(Known a, Known b, DoubleBinaryOperator of) {
    Shape shape = Shape.broadcast(a.shape(), b.shape());
    int[] left = Broadcasting.strides(a.shape(), shape);
    int[] right = Broadcasting.strides(b.shape(), shape);
    double[] values = new double[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          of.applyAsDouble(
              a.values()[position(i, shape, left)], b.values()[position(i, shape, right)]);
    }
    return a.with(shape, values);
  }

  private static int position(int index, Shape shape, int[] strides) {
    int position = 0;
    int rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      position += rest % shape.size(axis) * strides[axis];
      rest /= shape.size(axis);
    }
    return position;
  }

  /** The sign is the divisor's, or with {@code fmod} the dividend's. */
  private static void readMod(NodeCursor node) {
    Known a = node.known(0);
    Known b = node.known(1);
    boolean truncates = node.attributes().integer("fmod", 0) != 0;
    if (a.isWhole() && Arrays.stream(b.values()).anyMatch(value -> value == 0)) {
      throw new ImportException("divides by zero");
    }
    node.fold(pairwise(a, b, (x, y) -> truncates ? x % y : x - y * Math.floor(x / y)));
  }

  private static void readBitShift(NodeCursor node) {
    boolean left = node.attributes().text("direction", "").equals("LEFT");
    if (left && Arrays.stream(node.known(0).values()).anyMatch(value -> value > 127)) {
      throw new ImportException("shifts to the left beyond what its type may hold");
    }
    DoubleBinaryOperator shift =
        left ? (a, b) -> (long) a << (long) b : (a, b) -> (long) a >>> (long) b;
    node.fold(pairwise(node.known(0), node.known(1), shift));
  }

  private static void readProduct(NodeCursor node) {
    Known x = node.known(0);
    List<Integer> axes = node.axes(1);
    boolean none = axes == null || axes.isEmpty();
    if (none && node.attributes().integer("noop_with_empty_axes", 0) != 0) {
      node.fold(x);
      return;
    }
    boolean[] reduced = new boolean[x.shape().rank()];
    Arrays.fill(reduced, none);
    for (int axis : none ? List.<Integer>of() : axes) {
      reduced[x.shape().axis(axis)] = true;
    }
    Shape kept = x.shape();
    Shape dropped = x.shape();
    for (int axis = reduced.length - 1; axis >= 0; axis--) {
      if (reduced[axis]) {
        kept = kept.with(axis, 1);
        dropped = without(dropped, axis);
      }
    }
    double[] products = new double[kept.elements()];
    Arrays.fill(products, 1);
    int[] strides = Broadcasting.strides(kept, x.shape());
    for (int i = 0; i < x.values().length; i++) {
      products[position(i, x.shape(), strides)] *= x.values()[i];
    }
    boolean keep = node.attributes().integer("keepdims", 1) != 0;
    node.fold(x.with(keep ? kept : dropped, products));
  }

  private static Shape without(Shape shape, int axis) {
    List<Size> sizes = new ArrayList<>(shape.dims());
    sizes.remove(axis);
    return Shape.ofSizes(sizes);
  }

  private static void running(NodeCursor node, DoubleBinaryOperator of, double start) {
    Known x = node.known(0);
    int axis = x.shape().axis((int) node.known(1).number());
    boolean exclusive = node.attributes().integer("exclusive", 0) != 0;
    boolean reverse = node.attributes().integer("reverse", 0) != 0;
    int n = x.shape().size(axis);
    int inner = x.shape().elements(axis + 1, x.shape().rank());
    double[] values = new double[x.values().length];
    for (int first = 0; first < values.length; first += n * inner) {
      for (int i = 0; i < inner; i++) {
        double total = start;
        for (int step = 0; step < n; step++) {
          int at = first + (reverse ? n - 1 - step : step) * inner + i;
          double next = of.applyAsDouble(total, x.values()[at]);
          values[at] = exclusive ? total : next;
          total = next;
        }
      }
    }
    node.fold(x.with(x.shape(), values));
  }

  private static void readRange(NodeCursor node) {
    double start = node.known(0).number();
    double step = node.known(2).number();
    double count = Math.ceil((node.known(1).number() - start) / step);
    if (step == 0 || !(count < 1 << 24)) {
      throw new ImportException("counts from " + start + " by " + step + " without an end");
    }
    double[] values = new double[(int) Math.max(0, count)];
    node.graph().folding().expectWholeNumbers(values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] = start + i * step;
    }
    node.fold(node.known(0).with(Shape.of(values.length), values));
  }

  private static void readSize(NodeCursor node) {
    WholeNumbers known = node.graph().integers(node.input(0));
    Shape shape = known == null ? node.shape(0) : known.shape();
    node.fold(WholeNumbers.of(Shape.SCALAR, List.of(shape.product(0, shape.rank()))));
  }

  /** A function of one number, for operators of one operand. */
  static Known map(Known x, DoubleUnaryOperator of) {
    return x.with(x.shape(), Arrays.stream(x.values()).map(of).toArray());
  }

  private static void readShape(NodeCursor node) {
    WholeNumbers known = node.graph().integers(node.input(0));
    Shape shape = known == null ? node.shape(0) : known.shape();
    WholeNumbers all = WholeNumbers.of(Shape.of(shape.rank()), shape.dims());
    int rank = all.size();
    int start = clamp(node.attributes().integer("start", 0), rank);
    int end = clamp(node.attributes().integer("end", rank), rank);
    int[] axes = new int[Math.max(0, end - start)];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = start + i;
    }
    node.fold(all.pick(Shape.of(axes.length), axes));
  }

  private static int clamp(long position, int rank) {
    long absolute = position < 0 ? position + rank : position;
    return (int) Math.max(0, Math.min(rank, absolute));
  }
}
