package dev.graft.importers.onnx;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * How each ONNX operator becomes operations of core, for opsets 7 to 20. Operators that only move
 * elements are in {@link OnnxLayoutOps}, those that are carried out at import in {@link
 * OnnxConstants}.
 */
final class OnnxOps {

  /** Maps one node. */
  @FunctionalInterface
  interface Mapping {
    /**
     * @throws ImportException if the node asks for what is not supported
     */
    void map(NodeImport node);
  }

  private static final Map<String, Mapping> TABLE = new HashMap<>();

  private OnnxOps() {}

  static {
    elementwise("Relu", new Relu());
    elementwise("Sigmoid", new Sigmoid());
    elementwise("Tanh", new Tanh());
    elementwise("Exp", new Exp());
    TABLE.put(
        "LeakyRelu", n -> n.emit(new LeakyRelu(n.attributes().number("alpha", 0.01)), n.inputs(1)));
    TABLE.put("Clip", OnnxOps::clip);
    binary("Add", new Add());
    binary("Sub", new Sub());
    binary("Mul", new Mul());
    binary("Div", new Div());
    TABLE.put("MatMul", n -> n.emit(new MatMul(), n.inputs(2)));
    TABLE.put("Gemm", OnnxOps::gemm);
    TABLE.put("Conv", OnnxOps::conv);
    TABLE.put("BatchNormalization", OnnxOps::batchNormalization);
    TABLE.put("MaxPool", OnnxOps::maxPool);
    TABLE.put("AveragePool", OnnxOps::averagePool);
    TABLE.put("GlobalAveragePool", n -> n.emit(new GlobalAveragePool(), n.inputs(1)));
    TABLE.put("GlobalMaxPool", n -> n.emit(new GlobalMaxPool(), n.inputs(1)));
    TABLE.put("ReduceMean", OnnxOps::reduceMean);
    TABLE.put("Softmax", n -> softmax(n, Softmax::new));
    TABLE.put("LogSoftmax", n -> softmax(n, LogSoftmax::new));
    TABLE.put("Dropout", OnnxOps::dropout);
    TABLE.put("Concat", OnnxOps::concat);
    OnnxLayoutOps.register(TABLE);
    OnnxConstants.register(TABLE);
  }

  /** The mapping of an operator, or null if there is none. */
  static @Nullable Mapping of(String type) {
    return TABLE.get(type);
  }

  private static void elementwise(String type, Op op) {
    TABLE.put(type, n -> n.emit(op, n.inputs(1)));
  }

  private static void binary(String type, Op op) {
    TABLE.put(type, n -> n.emit(op, n.inputs(2)));
  }

  private static void clip(NodeImport n) {
    double min = Double.NEGATIVE_INFINITY;
    double max = Double.POSITIVE_INFINITY;
    if (n.opset() < 11) {
      // The attributes' defaults are the extremes of float: no bound.
      min = n.attributes().has("min") ? n.attributes().number("min", 0) : min;
      max = n.attributes().has("max") ? n.attributes().number("max", 0) : max;
    } else {
      min = n.scalar(1, min);
      max = n.scalar(2, max);
    }
    n.emit(new Clip(min, max), n.first());
  }

  private static void gemm(NodeImport n) {
    Attributes a = n.attributes();
    n.emit(
        new Gemm(
            a.number("alpha", 1),
            a.number("beta", 1),
            a.integer("transA", 0) != 0,
            a.integer("transB", 0) != 0),
        n.inputs(3));
  }

  private static void conv(NodeImport n) {
    Shape weight = n.shape(1);
    if (weight.rank() < 3) {
      throw new ImportException("its weight " + weight + " has no kernel axes");
    }
    List<Integer> kernel = new ArrayList<>();
    for (int axis = 2; axis < weight.rank(); axis++) {
      kernel.add(weight.size(axis));
    }
    if (!integers(n, "kernel_shape", kernel).equals(kernel)) {
      throw new ImportException(
          "kernel_shape "
              + integers(n, "kernel_shape", kernel)
              + " does not match its weight "
              + weight);
    }
    n.emit(new Conv(window(n, kernel), n.integer("group", 1)), n.inputs(3));
  }

  private static Window window(NodeImport n, List<Integer> kernel) {
    int axes = kernel.size();
    if (axes < 1 || axes > 2) {
      throw new ImportException("works on " + axes + " spatial axes; 1 and 2 are supported");
    }
    String autoPad = n.attributes().text("auto_pad", "NOTSET");
    AutoPad mode;
    try {
      mode = AutoPad.valueOf(autoPad);
    } catch (IllegalArgumentException e) {
      throw new ImportException("auto_pad has the unknown value " + autoPad, e);
    }
    return new Window(
        kernel,
        integers(n, "strides", Collections.nCopies(axes, 1)),
        integers(n, "dilations", Collections.nCopies(axes, 1)),
        integers(n, "pads", Collections.nCopies(2 * axes, 0)),
        mode,
        n.attributes().integer("ceil_mode", 0) != 0);
  }

  private static List<Integer> integers(NodeImport n, String name, List<Integer> absent) {
    List<Long> given = n.attributes().integers(name);
    return given == null || given.isEmpty()
        ? absent
        : given.stream().map(v -> IntConstant.toInt(v, name)).toList();
  }

  private static Window pooling(NodeImport n) {
    List<Integer> kernel = integers(n, "kernel_shape", List.of());
    if (kernel.isEmpty()) {
      throw new ImportException("has no kernel_shape");
    }
    return window(n, kernel);
  }

  private static void maxPool(NodeImport n) {
    // storage_order is about the indices, which are not computed.
    n.emit(new MaxPool(pooling(n)), n.inputs(1));
  }

  private static void averagePool(NodeImport n) {
    boolean padded = n.attributes().integer("count_include_pad", 0) != 0;
    n.emit(new AveragePool(pooling(n), padded), n.inputs(1));
  }

  private static void batchNormalization(NodeImport n) {
    Attributes a = n.attributes();
    if (a.integer("spatial", 1) == 0) {
      throw new ImportException("spatial = 0 (statistics of every position) is not supported");
    }
    if (a.integer("training_mode", 0) != 0) {
      n.graph().note(n.name() + ": exported in training mode, read for inference");
    }
    n.emit(
        new BatchNormalization(a.number("epsilon", 1e-5), a.number("momentum", 0.9), false),
        n.inputs(5));
  }

  private static void reduceMean(NodeImport n) {
    List<Integer> axes = n.axes(1);
    boolean none = axes == null || axes.isEmpty();
    if (none && n.attributes().integer("noop_with_empty_axes", 0) != 0) {
      n.emit(new Identity(), n.first());
      return;
    }
    boolean keep = n.attributes().integer("keepdims", 1) != 0;
    n.emit(new ReduceMean(axes == null ? List.of() : axes, keep), n.first());
  }

  /** Before opset 13 the axes from {@code axis} on count as one: flatten, softmax, and back. */
  private static void softmax(NodeImport n, IntFunction<Op> op) {
    Shape x = n.shape(0);
    if (n.opset() >= 13) {
      n.emit(op.apply(n.integer("axis", -1)), n.inputs(1));
      return;
    }
    int axis = x.axis(n.integer("axis", 1));
    boolean single = x.elements(axis + 1, x.rank()) == 1;
    if (axis == x.rank() - 1 || single) {
      n.emit(op.apply(axis), n.inputs(1));
      return;
    }
    String flat = n.emitStep("flatten", new Flatten(axis), n.input(0));
    String soft = n.emitStep("softmax", op.apply(1), flat);
    IntConstant shape = n.graph().shapeOf(n.input(0));
    n.emit(OnnxLayoutOps.reshapeTo(shape, n.graph().shapeOf(soft)), List.of(soft));
  }

  private static void dropout(NodeImport n) {
    double ratio = n.opset() < 12 ? n.attributes().number("ratio", 0.5) : n.scalar(1, 0.5);
    IntConstant training = n.has(2) ? n.graph().integers(n.input(2)) : null;
    if (training != null && training.size() == 1 && training.values()[0] != 0) {
      n.graph().note(n.name() + ": exported in training mode, read for inference");
    }
    n.emit(new Dropout(ratio, false), n.first());
  }

  private static void concat(NodeImport n) {
    if (!n.attributes().has("axis")) {
      throw new ImportException("has no axis");
    }
    n.emit(new Concat(n.integer("axis", 0)), n.inputs(Integer.MAX_VALUE));
  }
}
