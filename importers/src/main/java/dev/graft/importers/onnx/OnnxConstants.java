package dev.graft.importers.onnx;

import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * ONNX operators that make constants, ask for shapes, or pick from them: what exporters leave
 * behind of a program's own arithmetic (Shape, Gather, Cast …), carried out at import.
 */
final class OnnxConstants {

  private static final int FLOAT = 1;

  private OnnxConstants() {}

  static void register(Map<String, OnnxOps.Mapping> table) {
    table.put("Constant", OnnxConstants::constant);
    table.put("ConstantOfShape", OnnxConstants::constantOfShape);
    table.put("Identity", OnnxConstants::identity);
    table.put("Shape", OnnxConstants::shape);
    table.put("Gather", OnnxConstants::gather);
    table.put("Cast", OnnxConstants::cast);
    table.put("Floor", n -> rounded(n, Math::floor));
    table.put("Ceil", n -> rounded(n, Math::ceil));
  }

  private static void constant(NodeImport n) {
    Attributes a = n.attributes();
    List<Long> whole = a.integers("value_ints");
    if (a.has("value")) {
      TensorData data = TensorData.of(a.tensor("value"), n.external());
      if (data.isFloat()) {
        n.fold(data.floats());
      } else {
        n.fold(data.longs());
      }
    } else if (a.has("value_float")) {
      n.fold(Tensor.of(Shape.SCALAR, (float) a.number("value_float", 0)));
    } else if (a.has("value_floats")) {
      List<Float> given = a.numbers("value_floats");
      float[] values = new float[given.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = given.get(i);
      }
      n.fold(Tensor.of(Shape.of(values.length), values));
    } else if (a.has("value_int")) {
      n.fold(IntConstant.of(Shape.SCALAR, a.integer("value_int", 0)));
    } else if (whole != null) {
      n.fold(IntConstant.vector(whole.stream().mapToLong(Long::longValue).toArray()));
    } else {
      throw new ImportException("holds no number; strings and sparse tensors are not supported");
    }
  }

  private static void constantOfShape(NodeImport n) {
    Shape shape = Shape.of(n.integers(0).toInts("the shape of a constant"));
    if (!n.graph().folding().allows(shape.elements(), 0)) {
      throw new ImportException("makes too large a constant at import: " + shape);
    }
    if (!n.attributes().has("value")) {
      n.fold(Tensor.zeros(shape));
      return;
    }
    TensorData data = TensorData.of(n.attributes().tensor("value"), n.external());
    if (data.elements() != 1) {
      throw new ImportException("expects one value, found " + data.elements());
    }
    if (data.isFloat()) {
      float[] values = new float[shape.elements()];
      Arrays.fill(values, data.floats().toArray()[0]);
      n.fold(Tensor.of(shape, values));
    } else {
      long[] values = new long[shape.elements()];
      Arrays.fill(values, data.longs().values()[0]);
      n.fold(IntConstant.of(shape, values));
    }
  }

  /** An Identity of a stored tensor is how exporters share one; each reader gets its own copy. */
  private static void identity(NodeImport n) {
    Tensor stored = n.graph().stored(n.input(0));
    if (stored != null) {
      n.graph().untied(n.output());
      n.fold(Tensor.of(stored.shape(), stored.toArray()));
      return;
    }
    n.emit(new Identity(), n.inputs(1));
  }

  private static void shape(NodeImport n) {
    IntConstant known = n.graph().integers(n.input(0));
    IntConstant all;
    if (known == null) {
      all = n.graph().shapeOf(n.input(0));
    } else {
      int[] sizes = known.shape().toArray();
      all = IntConstant.vector(Arrays.stream(sizes).asLongStream().toArray());
    }
    int rank = all.size();
    int start = clamp(n.attributes().integer("start", 0), rank);
    int end = clamp(n.attributes().integer("end", rank), rank);
    int[] axes = new int[Math.max(0, end - start)];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = start + i;
    }
    n.fold(all.pick(Shape.of(axes.length), axes));
  }

  private static int clamp(long position, int rank) {
    long absolute = position < 0 ? position + rank : position;
    return (int) Math.max(0, Math.min(rank, absolute));
  }

  private static void gather(NodeImport n) {
    IntConstant from = n.graph().integers(n.input(0));
    List<Long> positions = n.integers(1).toLongs("a position");
    Shape picked = n.integers(1).shape();
    if (from != null) {
      gather(n, from, positions, picked);
      return;
    }
    Shape x = n.shape(0);
    int axis = x.axis(n.integer("axis", 0));
    if (picked.elements() != 1 || picked.rank() > 1) {
      throw new ImportException(
          "picks several positions of a tensor; supported are one position, and shapes");
    }
    long at = positions.get(0);
    if (n.graph().shapeOf(n.input(0)).batch()[axis] || at < -x.size(axis) || at >= x.size(axis)) {
      throw new ImportException("picks position " + at + " along axis " + axis + " of " + x);
    }
    // To the end where it is the last: -1 + 1 would mean the front.
    long end = at == -1 ? Long.MAX_VALUE : at + 1;
    Slice slice = new Slice(List.of(at), List.of(end), List.of(axis), List.of(1L));
    if (picked.rank() == 1) {
      n.emit(slice, n.first());
    } else {
      String sliced = n.emitStep("slice", slice, n.input(0));
      n.emit(new Squeeze(List.of(axis)), List.of(sliced));
    }
  }

  /** {@code y[i…, p…, k…] = x[i…, positions[p…], k…]}. */
  private static void gather(NodeImport n, IntConstant from, List<Long> positions, Shape picked) {
    Shape x = from.shape();
    int axis = x.axis(n.integer("axis", 0));
    int outer = x.elements(0, axis);
    int inner = x.elements(axis + 1, x.rank());
    long made = (long) outer * positions.size() * inner;
    if (!n.graph().folding().allows(made, from.size())) {
      throw new ImportException("makes too many whole numbers at import: " + made);
    }
    int[] at = new int[(int) made];
    int next = 0;
    for (int o = 0; o < outer; o++) {
      for (long position : positions) {
        long absolute = position < 0 ? position + x.size(axis) : position;
        if (absolute < 0 || absolute >= x.size(axis)) {
          throw new ImportException("picks position " + position + " of " + x.size(axis));
        }
        for (int i = 0; i < inner; i++) {
          at[next++] = (int) ((o * (long) x.size(axis) + absolute) * inner + i);
        }
      }
    }
    int[] sizes = new int[x.rank() - 1 + picked.rank()];
    System.arraycopy(x.toArray(), 0, sizes, 0, axis);
    System.arraycopy(picked.toArray(), 0, sizes, axis, picked.rank());
    System.arraycopy(x.toArray(), axis + 1, sizes, axis + picked.rank(), x.rank() - 1 - axis);
    n.fold(from.pick(Shape.of(sizes), at));
  }

  /** Between floating-point types nothing changes here: all are float32. */
  private static void cast(NodeImport n) {
    int to = n.integer("to", FLOAT);
    IntConstant integers = n.graph().integers(n.input(0));
    switch (to) {
      case 1, 10, 11, 16 -> {
        if (integers == null) {
          n.emit(new Identity(), n.inputs(1));
          return;
        }
        List<Long> values = integers.toLongs("a cast to float");
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
          floats[i] = values.get(i);
        }
        n.fold(Tensor.of(integers.shape(), floats));
      }
      case 2, 3, 4, 5, 6, 7, 12, 13 -> n.fold(integers == null ? cut(n.constant(0)) : integers);
      case 9 -> {
        IntConstant numbers = integers == null ? cut(n.constant(0)) : integers;
        long[] truth = numbers.toLongs("a cast to bool").stream().mapToLong(v -> v).toArray();
        n.fold(
            IntConstant.of(
                numbers.shape(), Arrays.stream(truth).map(Long::signum).map(Math::abs).toArray()));
      }
      default -> throw new ImportException("casts to type " + to + ", which is not supported");
    }
  }

  private static IntConstant cut(Tensor floats) {
    float[] values = floats.toArray();
    long[] cut = new long[values.length];
    for (int i = 0; i < cut.length; i++) {
      cut[i] = (long) values[i];
    }
    return IntConstant.of(floats.shape(), cut);
  }

  private static void rounded(NodeImport n, DoubleUnaryOperator rounding) {
    Tensor x = n.constant(0);
    float[] values = x.toArray();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) rounding.applyAsDouble(values[i]);
    }
    n.fold(Tensor.of(x.shape(), values));
  }
}
