package dev.graft.importers.onnx;

import dev.graft.core.op.Flatten;
import dev.graft.core.op.Identity;
import dev.graft.core.op.Op;
import dev.graft.core.op.Pad;
import dev.graft.core.op.Reshape;
import dev.graft.core.op.Slice;
import dev.graft.core.op.Squeeze;
import dev.graft.core.op.Transpose;
import dev.graft.core.op.Unsqueeze;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * ONNX operators that move elements or make constants. On whole numbers they are the shape
 * arithmetic exporters leave behind (Shape, Gather, Unsqueeze, Concat, Reshape) and are carried out
 * at import.
 */
final class OnnxLayoutOps {

  private static final int FLOAT = 1;

  private OnnxLayoutOps() {}

  static void register(Map<String, OnnxOps.Mapping> table) {
    table.put("Constant", OnnxLayoutOps::constant);
    table.put("ConstantOfShape", OnnxLayoutOps::constantOfShape);
    table.put("Identity", OnnxLayoutOps::identity);
    table.put("Shape", OnnxLayoutOps::shape);
    table.put("Gather", OnnxLayoutOps::gather);
    table.put("Cast", OnnxLayoutOps::cast);
    table.put("Flatten", n -> n.emit(new Flatten(n.integer("axis", 1)), n.inputs(1)));
    table.put("Reshape", OnnxLayoutOps::reshape);
    table.put("Transpose", OnnxLayoutOps::transpose);
    table.put("Squeeze", OnnxLayoutOps::squeeze);
    table.put("Unsqueeze", OnnxLayoutOps::unsqueeze);
    table.put("Slice", OnnxLayoutOps::slice);
    table.put("Pad", OnnxLayoutOps::pad);
  }

  private static void constant(NodeImport n) {
    Attributes a = n.attributes();
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
      n.fold(IntConstant.of(0, a.integer("value_int", 0)));
    } else if (a.integers("value_ints") != null) {
      n.fold(
          IntConstant.of(
              1, a.integers("value_ints").stream().mapToLong(Long::longValue).toArray()));
    } else {
      throw new ImportException("holds no number; strings and sparse tensors are not supported");
    }
  }

  private static void constantOfShape(NodeImport n) {
    List<Integer> sizes = n.integers(0).toInts("the shape of a constant");
    Shape shape = Shape.of(sizes);
    if (shape.elements() > 1 << 24) {
      throw new ImportException("a constant of shape " + shape + " is too large");
    }
    if (n.attributes().has("value")) {
      TensorData data = TensorData.of(n.attributes().tensor("value"), n.external());
      if (!data.isFloat()) {
        long[] values = new long[shape.elements()];
        Arrays.fill(values, data.longs().values()[0]);
        n.fold(IntConstant.of(shape.rank(), values));
        return;
      }
      float[] values = new float[shape.elements()];
      Arrays.fill(values, data.floats().toArray()[0]);
      n.fold(Tensor.of(shape, values));
      return;
    }
    n.fold(Tensor.zeros(shape));
  }

  /** An Identity of a stored tensor is how exporters share one; each reader gets its own copy. */
  private static void identity(NodeImport n) {
    IntConstant integers = n.graph().integers(n.input(0));
    if (integers != null) {
      n.fold(integers);
      return;
    }
    Tensor stored = n.graph().stored(n.input(0));
    if (stored != null) {
      n.graph().note("un-tied " + n.output() + " from " + n.input(0));
      n.fold(Tensor.of(stored.shape(), stored.toArray()));
      return;
    }
    n.emit(new Identity(), n.inputs(1));
  }

  private static void shape(NodeImport n) {
    IntConstant known = n.graph().integers(n.input(0));
    if (known != null) {
      n.fold(known.rank() == 0 ? IntConstant.of(1) : IntConstant.of(1, known.size()));
      return;
    }
    IntConstant all = n.graph().shapeOf(n.input(0));
    int rank = all.size();
    int start = clamp(n.attributes().integer("start", 0), rank);
    int end = clamp(n.attributes().integer("end", rank), rank);
    int[] axes = new int[Math.max(0, end - start)];
    for (int i = 0; i < axes.length; i++) {
      axes[i] = start + i;
    }
    n.fold(all.pick(1, axes));
  }

  private static int clamp(long position, int rank) {
    long absolute = position < 0 ? position + rank : position;
    return (int) Math.max(0, Math.min(rank, absolute));
  }

  private static void gather(NodeImport n) {
    IntConstant from = n.graph().integers(n.input(0));
    if (from == null || from.rank() > 1 || n.attributes().integer("axis", 0) != 0) {
      throw new ImportException(
          "is supported on shapes only; embedding look-ups and indexing of tensors are not");
    }
    IntConstant positions = n.integers(1);
    int[] picked = new int[positions.size()];
    for (int i = 0; i < picked.length; i++) {
      long position = positions.values()[i];
      picked[i] = (int) (position < 0 ? position + from.size() : position);
      if (positions.batch()[i] || picked[i] < 0 || picked[i] >= from.size()) {
        throw new ImportException("picks element " + position + " of " + from.size());
      }
    }
    n.fold(from.pick(positions.rank(), picked));
  }

  private static void cast(NodeImport n) {
    boolean toFloat =
        switch ((int) n.attributes().integer("to", FLOAT)) {
          case 1, 10, 11, 16 -> true;
          default -> false;
        };
    IntConstant integers = n.graph().integers(n.input(0));
    if (integers == null) {
      if (toFloat) {
        n.emit(new Identity(), n.inputs(1));
        return;
      }
      Tensor stored = n.constant(0);
      float[] values = stored.toArray();
      long[] cut = new long[values.length];
      for (int i = 0; i < cut.length; i++) {
        cut[i] = (long) values[i];
      }
      n.fold(IntConstant.of(stored.shape().rank(), cut));
    } else if (toFloat) {
      List<Long> values = integers.toLongs("a cast to float");
      float[] floats = new float[values.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = values.get(i);
      }
      n.fold(Tensor.of(integers.rank() == 0 ? Shape.SCALAR : Shape.of(floats.length), floats));
    } else {
      n.fold(integers);
    }
  }

  private static void reshape(NodeImport n) {
    IntConstant target = n.integers(1);
    IntConstant integers = n.graph().integers(n.input(0));
    if (integers != null) {
      n.fold(integers.withRank(target.size()));
      return;
    }
    if (n.attributes().integer("allowzero", 0) != 0 && contains(target, 0)) {
      throw new ImportException("allowzero with a size of 0 is not supported");
    }
    Op op = reshapeTo(target);
    IntConstant from = n.graph().shapeOf(n.input(0));
    boolean opensBatch =
        n.graph().batchFreed()
            && target.size() > 0
            && !target.batch()[0]
            && target.values()[0] == 1
            && from.size() > 0
            && from.batch()[0];
    if (opensBatch) {
      // The file fixes the batch to 1 here too; it follows the input now.
      List<Integer> open = new ArrayList<>(((Reshape) op).target());
      open.set(0, 0);
      op = new Reshape(open);
    }
    n.emit(op, n.inputs(1));
  }

  private static boolean contains(IntConstant numbers, long wanted) {
    for (long value : numbers.values()) {
      if (value == wanted) {
        return true;
      }
    }
    return false;
  }

  /** A reshape whose target may contain the batch: in front it is copied, elsewhere inferred. */
  static Op reshapeTo(IntConstant target) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < target.size(); i++) {
      boolean copied = target.batch()[i] && i == 0 && target.values()[i] == 1;
      int size =
          copied
              ? 0
              : target.batch()[i] ? -1 : IntConstant.toInt(target.values()[i], "a Reshape target");
      sizes.add(size);
    }
    if (Collections.frequency(sizes, -1) > 1) {
      throw new ImportException("the target " + sizes + " leaves two sizes open");
    }
    return new Reshape(sizes);
  }

  private static void transpose(NodeImport n) {
    List<Long> given = n.attributes().integers("perm");
    List<Integer> permutation =
        given == null ? List.of() : given.stream().map(v -> IntConstant.toInt(v, "perm")).toList();
    n.emit(new Transpose(permutation), n.inputs(1));
  }

  private static void squeeze(NodeImport n) {
    IntConstant integers = n.graph().integers(n.input(0));
    if (integers != null) {
      n.fold(integers.withRank(integers.size() == 1 ? 0 : 1));
      return;
    }
    List<Integer> axes = n.axes(1);
    n.emit(new Squeeze(axes == null ? List.of() : axes), n.inputs(1));
  }

  private static void unsqueeze(NodeImport n) {
    IntConstant integers = n.graph().integers(n.input(0));
    if (integers != null) {
      n.fold(integers.withRank(integers.rank() + 1));
      return;
    }
    List<Integer> axes = n.axes(1);
    if (axes == null) {
      throw new ImportException("has no axes");
    }
    n.emit(new Unsqueeze(axes), n.inputs(1));
  }

  private static void slice(NodeImport n) {
    boolean listed = n.opset() < 10;
    List<Long> starts =
        listed ? n.attributes().integers("starts") : n.integers(1).toLongs("starts");
    List<Long> ends = listed ? n.attributes().integers("ends") : n.integers(2).toLongs("ends");
    if (starts == null || ends == null) {
      throw new ImportException("has no starts or ends");
    }
    List<Integer> axes = listed ? n.axes(Integer.MAX_VALUE) : n.axes(3);
    if (axes == null) {
      axes = new ArrayList<>();
      for (int i = 0; i < starts.size(); i++) {
        axes.add(i);
      }
    }
    List<Long> steps =
        n.has(4) ? n.integers(4).toLongs("steps") : Collections.nCopies(starts.size(), 1L);
    Slice op = new Slice(starts, ends, axes, steps);
    IntConstant integers = n.graph().integers(n.input(0));
    if (integers == null) {
      n.emit(op, n.inputs(1));
      return;
    }
    long step = steps.get(0);
    int size = op.outputShapes(List.of(Shape.of(integers.size()))).get(0).elements();
    long start = starts.get(0) < 0 ? starts.get(0) + integers.size() : starts.get(0);
    long first = Math.max(0, Math.min(step > 0 ? integers.size() : integers.size() - 1, start));
    int[] picked = new int[size];
    for (int i = 0; i < size; i++) {
      picked[i] = (int) (first + i * step);
    }
    n.fold(integers.pick(1, picked));
  }

  private static void pad(NodeImport n) {
    String mode = n.attributes().text("mode", "constant");
    if (!mode.equals("constant")) {
      throw new ImportException("mode " + mode + " is not supported; constant is");
    }
    int rank = n.shape(0).rank();
    List<Integer> given;
    double value;
    if (n.opset() < 11) {
      List<Long> pads = n.attributes().integers("pads");
      given =
          pads == null ? List.of() : pads.stream().map(v -> IntConstant.toInt(v, "pads")).toList();
      value = n.attributes().number("value", 0);
    } else {
      given = n.integers(1).toInts("pads");
      value = n.scalar(2, 0);
    }
    List<Integer> pads = new ArrayList<>(given);
    if (n.has(3)) {
      List<Integer> axes = n.integers(3).toInts("axes");
      if (given.size() != 2 * axes.size()) {
        throw new ImportException("pads " + given + " do not match axes " + axes);
      }
      pads = new ArrayList<>(Collections.nCopies(2 * rank, 0));
      for (int i = 0; i < axes.size(); i++) {
        int axis = n.shape(0).axis(axes.get(i));
        pads.set(axis, given.get(i));
        pads.set(axis + rank, given.get(i + axes.size()));
      }
    }
    n.emit(new Pad(pads, value), n.inputs(1));
  }
}
