package dev.graft.importers.onnx.operator;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Size;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;

/** Operators that choose elements by position; most of what is known at import alone. */
final class IndexingOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("GatherElements", IndexingOperators::readGatherElements).since(11),
          OnnxOperator.of("GatherND", IndexingOperators::readGatherNd).since(11),
          OnnxOperator.of("ScatterElements", IndexingOperators::readScatterElements).since(11),
          OnnxOperator.of("Scatter", IndexingOperators::readScatterElements).since(9),
          OnnxOperator.of("ScatterND", IndexingOperators::readScatterNd).since(11),
          OnnxOperator.of("Compress", IndexingOperators::readCompress).since(9),
          OnnxOperator.of("NonZero", IndexingOperators::readNonZero).since(9),
          OnnxOperator.of("OneHot", IndexingOperators::readOneHot).since(9),
          OnnxOperator.of("EyeLike", IndexingOperators::readEyeLike).since(9),
          OnnxOperator.of("TopK", IndexingOperators::readTopK),
          OnnxOperator.of("Hardmax", IndexingOperators::readHardmax),
          OnnxOperator.of("ReverseSequence", IndexingOperators::readReverseSequence).since(10),
          OnnxOperator.of("Trilu", IndexingOperators::readTrilu).since(14).folds(FoldRule.NUMBERS));

  private IndexingOperators() {}

  private static int within(double position, int size) {
    int absolute = (int) (position < 0 ? position + size : position);
    if (absolute < 0 || absolute >= size) {
      throw new ImportException("takes position " + (long) position + " of " + size);
    }
    return absolute;
  }

  /**
   * @throws ImportException if indices along an axis do not lie within what they pick from
   */
  private static void expectBeside(Known indices, Shape x, int axis) {
    Shape shape = indices.shape();
    boolean fits = shape.rank() == x.rank();
    for (int a = 0; fits && a < x.rank(); a++) {
      fits = a == axis || shape.size(a) <= x.size(a);
    }
    if (!fits) {
      throw new ImportException("has indices " + shape + " for " + x + " along axis " + axis);
    }
  }

  /** How many axes the rows of indices name, behind {@code batch} that are the same in both. */
  private static int depth(Known indices, Shape x, int batch) {
    Shape shape = indices.shape();
    int depth = shape.rank() > batch && batch >= 0 ? shape.size(-1) : -1;
    boolean fits = depth >= 0 && batch + depth <= x.rank();
    for (int a = 0; fits && a < batch; a++) {
      fits = shape.size(a) == x.size(a);
    }
    if (!fits) {
      throw new ImportException("has indices " + shape + " for " + x);
    }
    return depth;
  }

  /** The position in {@code x} of the element beside {@code index} of {@code of}, along an axis. */
  private static int beside(Known indices, int index, Shape x, int axis) {
    int[] strides = x.strides();
    int position = 0;
    int rest = index;
    for (int a = x.rank() - 1; a >= 0; a--) {
      int at = rest % indices.shape().size(a);
      rest /= indices.shape().size(a);
      position += strides[a] * (a == axis ? within(indices.values()[index], x.size(a)) : at);
    }
    return position;
  }

  private static void readGatherElements(NodeCursor node) {
    Known x = node.known(0);
    Known indices = node.known(1);
    int axis = x.shape().axis(node.integer("axis", 0));
    expectBeside(indices, x.shape(), axis);
    double[] values = new double[indices.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.values()[beside(indices, i, x.shape(), axis)];
    }
    node.fold(x.with(indices.shape(), values));
  }

  private static DoubleBinaryOperator reduction(NodeCursor node) {
    return switch (node.attributes().text("reduction", "none")) {
      case "none" -> (old, update) -> update;
      case "add" -> (old, update) -> old + update;
      case "mul" -> (old, update) -> old * update;
      case "max" -> Math::max;
      case "min" -> Math::min;
      default -> throw new ImportException("has an unknown reduction");
    };
  }

  private static void readScatterElements(NodeCursor node) {
    Known x = node.known(0);
    Known indices = node.known(1);
    Known updates = node.known(2);
    int axis = x.shape().axis(node.integer("axis", 0));
    expectBeside(indices, x.shape(), axis);
    if (!updates.shape().equals(indices.shape())) {
      throw new ImportException(
          "has updates " + updates.shape() + " for indices " + indices.shape());
    }
    DoubleBinaryOperator reduction = reduction(node);
    double[] values = x.values().clone();
    for (int i = 0; i < updates.values().length; i++) {
      int at = beside(indices, i, x.shape(), axis);
      values[at] = reduction.applyAsDouble(values[at], updates.values()[i]);
    }
    node.fold(x.with(x.shape(), values));
  }

  /** Where slice {@code i} of those that the rows of {@code indices} name starts in x. */
  private static int slice(Known indices, int i, Shape x, int firstAxis) {
    int depth = indices.shape().size(-1);
    int position = 0;
    for (int d = 0; d < depth; d++) {
      int axis = firstAxis + d;
      position += within(indices.values()[i * depth + d], x.size(axis)) * x.strides()[axis];
    }
    return position;
  }

  private static void readGatherNd(NodeCursor node) {
    Known x = node.known(0);
    Known indices = node.known(1);
    int batch = node.integer("batch_dims", 0);
    Shape shape = x.shape();
    int rank = indices.shape().rank();
    int depth = depth(indices, shape, batch);
    int length = shape.elements(batch + depth, shape.rank());
    int rows = indices.shape().elements(0, rank - 1);
    node.graph().folding().expectFloats(Shape.of(rows, length));
    int perBatch = Math.max(1, rows / Math.max(1, shape.elements(0, batch)));
    double[] values = new double[rows * length];
    for (int i = 0; i < rows; i++) {
      int from = i / perBatch * shape.elements(batch, shape.rank());
      from += slice(indices, i, shape, batch);
      System.arraycopy(x.values(), from, values, i * length, length);
    }
    List<Size> sizes = new ArrayList<>(indices.shape().dims().subList(0, rank - 1));
    sizes.addAll(shape.dims().subList(batch + depth, shape.rank()));
    node.fold(x.with(Shape.ofSizes(sizes), values));
  }

  private static void readScatterNd(NodeCursor node) {
    Known x = node.known(0);
    Known indices = node.known(1);
    Known updates = node.known(2);
    DoubleBinaryOperator reduction = reduction(node);
    int depth = depth(indices, x.shape(), 0);
    int length = x.shape().elements(depth, x.shape().rank());
    int rows = indices.shape().elements(0, indices.shape().rank() - 1);
    if ((long) rows * length != updates.values().length) {
      throw new ImportException(
          "has updates "
              + updates.shape()
              + " for indices "
              + indices.shape()
              + " in "
              + x.shape());
    }
    double[] values = x.values().clone();
    for (int i = 0; i < updates.values().length; i++) {
      int at = slice(indices, i / length, x.shape(), 0) + i % length;
      values[at] = reduction.applyAsDouble(values[at], updates.values()[i]);
    }
    node.fold(x.with(x.shape(), values));
  }

  private static void readCompress(NodeCursor node) {
    Known x = node.known(0);
    Known condition = node.known(1);
    boolean flat = !node.attributes().has("axis");
    Shape shape = flat ? Shape.of(x.values().length) : x.shape();
    int axis = flat ? 0 : shape.axis(node.integer("axis", 0));
    int[] kept =
        IntStream.range(0, Math.min(shape.size(axis), condition.values().length))
            .filter(i -> condition.values()[i] != 0)
            .toArray();
    int inner = shape.elements(axis + 1, shape.rank());
    int outer = shape.elements(0, axis);
    double[] values = new double[outer * kept.length * inner];
    int next = 0;
    for (int o = 0; o < outer; o++) {
      for (int k : kept) {
        System.arraycopy(x.values(), (o * shape.size(axis) + k) * inner, values, next, inner);
        next += inner;
      }
    }
    node.fold(x.with(shape.with(axis, kept.length), values));
  }

  private static void readNonZero(NodeCursor node) {
    Known x = node.known(0);
    int[] found = IntStream.range(0, x.values().length).filter(i -> x.values()[i] != 0).toArray();
    int rank = x.shape().rank();
    int[] strides = x.shape().strides();
    double[] values = new double[rank * found.length];
    for (int axis = 0; axis < rank; axis++) {
      for (int i = 0; i < found.length; i++) {
        values[axis * found.length + i] = found[i] / strides[axis] % x.shape().size(axis);
      }
    }
    node.fold(Known.whole(Shape.of(rank, found.length), values));
  }

  private static void readOneHot(NodeCursor node) {
    Known indices = node.known(0);
    int depth = (int) node.known(1).number();
    Known values = node.known(2);
    if (values.values().length != 2) {
      throw new ImportException("has " + values.shape() + " values, expected two");
    }
    int rank = indices.shape().rank();
    int given = node.integer("axis", -1);
    int axis = given < 0 ? given + rank + 1 : given;
    if (axis < 0 || axis > rank || depth < 1) {
      throw new ImportException("puts " + depth + " classes along axis " + given);
    }
    List<Size> sizes = new ArrayList<>(indices.shape().dims());
    sizes.add(axis, Size.of(depth));
    Shape shape = Shape.ofSizes(sizes);
    node.graph().folding().expectFloats(shape);
    double[] result = new double[shape.elements()];
    Arrays.fill(result, values.values()[0]);
    int inner = shape.elements(axis + 1, shape.rank());
    for (int i = 0; i < indices.values().length; i++) {
      double index = Math.floor(indices.values()[i]);
      int at = (int) (index < 0 ? index + depth : index);
      if (at >= 0 && at < depth) {
        result[(i / inner * depth + at) * inner + i % inner] = values.values()[1];
      }
    }
    node.fold(values.with(shape, result));
  }

  private static void readEyeLike(NodeCursor node) {
    WholeNumbers whole = node.graph().integers(node.input(0));
    Shape shape = whole == null ? node.shape(0) : whole.shape();
    int k = node.integer("k", 0);
    if (shape.rank() != 2) {
      throw new ImportException("makes a diagonal of " + shape + ", which is no matrix");
    }
    node.graph().folding().expectFloats(shape);
    double[] values = new double[shape.elements()];
    for (int row = 0; row < shape.size(0); row++) {
      if (row + k >= 0 && row + k < shape.size(1)) {
        values[row * shape.size(1) + row + k] = 1;
      }
    }
    int type = node.integer("dtype", whole == null ? 1 : 7);
    node.fold(new Known(shape, values, !CastOperators.isFloat(type)));
  }

  private static void readTopK(NodeCursor node) {
    Known x = node.known(0);
    int k = node.opset() < 10 ? node.integer("k", 1) : (int) node.known(1).number();
    boolean largest = node.attributes().integer("largest", 1) != 0;
    Shape shape = x.shape();
    int axis = shape.axis(node.integer("axis", -1));
    int n = shape.size(axis);
    if (k < 0 || k > n || n == 0) {
      throw new ImportException("takes the " + k + " largest of " + n);
    }
    int inner = shape.elements(axis + 1, shape.rank());
    Shape result = shape.with(axis, k);
    double[] values = new double[result.elements()];
    double[] places = new double[values.length];
    for (int run = 0; run < shape.elements() / n; run++) {
      int first = run / inner * n * inner + run % inner;
      Comparator<Integer> order = Comparator.comparingDouble(i -> x.values()[first + i * inner]);
      int[] sorted =
          IntStream.range(0, n)
              .boxed()
              .sorted((largest ? order.reversed() : order).thenComparing(i -> i))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int i = 0; i < k; i++) {
        int to = run / inner * k * inner + i * inner + run % inner;
        values[to] = x.values()[first + sorted[i] * inner];
        places[to] = sorted[i];
      }
    }
    node.fold(x.with(result, values));
    node.foldOutput(1, Known.whole(result, places));
  }

  /** 1 at the first largest element along an axis; before opset 13 along all from it on. */
  private static void readHardmax(NodeCursor node) {
    Known x = node.known(0);
    Shape shape = x.shape();
    int axis = shape.axis(node.integer("axis", node.opset() < 13 ? 1 : -1));
    boolean joined = node.opset() < 13;
    int inner = joined ? 1 : shape.elements(axis + 1, shape.rank());
    int n = joined ? shape.elements(axis, shape.rank()) : shape.size(axis);
    double[] values = new double[x.values().length];
    if (values.length == 0) {
      throw new ImportException("has no largest of " + shape);
    }
    for (int run = 0; run < values.length / n; run++) {
      int first = run / inner * n * inner + run % inner;
      int best = first;
      for (int i = 1; i < n; i++) {
        best = x.values()[first + i * inner] > x.values()[best] ? first + i * inner : best;
      }
      values[best] = 1;
    }
    node.fold(x.with(shape, values));
  }

  private static void readReverseSequence(NodeCursor node) {
    Known x = node.known(0);
    int[] lengths = node.known(1).ints();
    Shape shape = x.shape();
    int batchAxis = shape.axis(node.integer("batch_axis", 1));
    int timeAxis = shape.axis(node.integer("time_axis", 0));
    if (batchAxis == timeAxis || lengths.length != shape.size(batchAxis)) {
      throw new ImportException("has " + lengths.length + " lengths for " + shape);
    }
    for (int length : lengths) {
      if (length < 0 || length > shape.size(timeAxis)) {
        throw new ImportException("has a length of " + length + " for " + shape);
      }
    }
    int[] strides = x.shape().strides();
    double[] values = new double[x.values().length];
    for (int i = 0; i < values.length; i++) {
      int batch = i / strides[batchAxis] % x.shape().size(batchAxis);
      int time = i / strides[timeAxis] % x.shape().size(timeAxis);
      int from = time < lengths[batch] ? lengths[batch] - 1 - time : time;
      values[i] = x.values()[i + (from - time) * strides[timeAxis]];
    }
    node.fold(x.with(x.shape(), values));
  }

  /** The upper or the lower triangle of matrices, by a mask. */
  private static void readTrilu(NodeCursor node) {
    WholeNumbers whole = node.graph().integers(node.input(0));
    Shape x = whole == null ? node.shape(0) : whole.shape();
    int k = node.has(1) ? (int) node.known(1).number() : 0;
    boolean upper = node.attributes().integer("upper", 1) != 0;
    if (x.rank() < 2) {
      throw new ImportException("takes a triangle of " + x + ", which is no matrix");
    }
    Shape matrix = x.axes(x.rank() - 2, x.rank());
    double[] mask = new double[matrix.elements()];
    for (int i = 0; i < mask.length; i++) {
      int distance = i % matrix.size(1) - i / matrix.size(1);
      mask[i] = (upper ? distance >= k : distance <= k) ? 1 : 0;
    }
    if (whole != null) {
      Known known = node.known(0);
      double[] values = known.values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] *= mask[i % mask.length];
      }
      node.fold(known.with(x, values));
      return;
    }
    Tensor stored = new Known(matrix, mask, false).floats();
    node.emit(node.term(stored).choose(node.term(0), node.number(0)));
  }
}
