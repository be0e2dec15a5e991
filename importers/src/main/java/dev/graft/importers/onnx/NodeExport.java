package dev.graft.importers.onnx;

import com.google.protobuf.ByteString;
import dev.graft.core.graph.Node;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** One node on its way into an ONNX file: the operator's attributes and extra inputs. */
final class NodeExport {

  /** Operators without attributes. */
  private static final Set<String> PLAIN =
      Set.of(
          "Relu",
          "Sigmoid",
          "Tanh",
          "Exp",
          "Add",
          "Sub",
          "Mul",
          "Div",
          "MatMul",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "Identity");

  private final GraphProto.Builder graph;
  private final Set<String> names;
  private final int opset;
  private final Node node;
  private final NodeProto.Builder proto = NodeProto.newBuilder();

  private NodeExport(GraphProto.Builder graph, Set<String> names, int opset, Node node) {
    this.graph = graph;
    this.names = names;
    this.opset = opset;
    this.node = node;
  }

  /** The oldest opset, from 13 on, that has this operation. */
  static int opset(Op op) {
    boolean dilated = op instanceof AveragePool pool && isDilated(pool.window());
    return dilated ? 19 : 13;
  }

  /**
   * Adds a node to a file.
   *
   * @param names of all values; those that are added here join them
   * @param opset 13 or 19
   * @throws ExportException if ONNX has no operator for it, as for a loss
   */
  static void add(GraphProto.Builder graph, Set<String> names, int opset, Node node) {
    NodeExport export = new NodeExport(graph, names, opset, node);
    export.proto.setName(node.name()).setOpType(node.op().type());
    export.proto.addAllInput(node.inputs());
    export.attributes(node.op());
    export.proto.addAllOutput(node.outputs());
    graph.addNode(export.proto);
  }

  private void attributes(Op op) {
    if (op instanceof Conv conv) {
      window(conv.window(), false);
      integer("group", conv.groups());
    } else if (op instanceof MaxPool pool) {
      window(pool.window(), true);
    } else if (op instanceof AveragePool pool) {
      window(pool.window(), true);
      integer("count_include_pad", pool.countIncludePad() ? 1 : 0);
    } else if (op instanceof Gemm gemm) {
      number("alpha", gemm.alpha());
      number("beta", gemm.beta());
      integer("transA", gemm.transposeA() ? 1 : 0);
      integer("transB", gemm.transposeB() ? 1 : 0);
    } else if (op instanceof BatchNormalization norm && !norm.training()) {
      number("epsilon", norm.epsilon());
      number("momentum", norm.momentum());
    } else if (op instanceof LeakyRelu leaky) {
      number("alpha", leaky.alpha());
    } else if (op instanceof Softmax softmax) {
      integer("axis", softmax.axis());
    } else if (op instanceof LogSoftmax softmax) {
      integer("axis", softmax.axis());
    } else if (op instanceof Concat concat) {
      integer("axis", concat.axis());
    } else if (op instanceof Flatten flatten) {
      integer("axis", flatten.axis());
    } else if (op instanceof Transpose transpose) {
      if (!transpose.permutation().isEmpty()) {
        integers("perm", transpose.permutation());
      }
    } else if (op instanceof ReduceMean mean) {
      if (!mean.axes().isEmpty() && opset < 18) {
        integers("axes", mean.axes());
      } else if (!mean.axes().isEmpty()) {
        constants("axes", mean.axes());
      }
      integer("keepdims", mean.keepDims() ? 1 : 0);
    } else {
      extraInputs(op);
    }
  }

  /** Operators that take their numbers as inputs since opset 11 or 13. */
  private void extraInputs(Op op) {
    if (op instanceof Clip clip) {
      bound("min", clip.min());
      bound("max", clip.max());
    } else if (op instanceof Dropout dropout && !dropout.active()) {
      constant("ratio", dropout.ratio());
    } else if (op instanceof Reshape reshape) {
      constants("shape", reshape.target());
    } else if (op instanceof Squeeze squeeze) {
      if (!squeeze.axes().isEmpty()) {
        constants("axes", squeeze.axes());
      }
    } else if (op instanceof Unsqueeze unsqueeze) {
      constants("axes", unsqueeze.axes());
    } else if (op instanceof Slice slice) {
      constants("starts", slice.starts());
      constants("ends", slice.ends());
      constants("axes", slice.axes());
      constants("steps", slice.steps());
    } else if (op instanceof Pad pad) {
      constants("pads", pad.pads());
      constant("value", pad.value());
    } else if (!PLAIN.contains(op.type())) {
      throw new ExportException(
          node.name() + ": " + op.type() + " in training has no place in an ONNX file");
    }
  }

  private void window(Window window, boolean pooling) {
    integers("kernel_shape", window.kernel());
    integers("strides", window.strides());
    if (!pooling || isDilated(window)) {
      integers("dilations", window.dilations());
    }
    if (window.autoPad() == AutoPad.NOTSET) {
      integers("pads", window.pads());
    } else {
      proto.addAttribute(
          AttributeProto.newBuilder()
              .setName("auto_pad")
              .setType(AttributeProto.AttributeType.STRING)
              .setS(ByteString.copyFromUtf8(window.autoPad().name())));
    }
    if (pooling) {
      integer("ceil_mode", window.ceilMode() ? 1 : 0);
    }
  }

  private static boolean isDilated(Window window) {
    return window.dilations().stream().anyMatch(d -> d != 1);
  }

  private void integer(String name, long value) {
    proto.addAttribute(
        AttributeProto.newBuilder()
            .setName(name)
            .setType(AttributeProto.AttributeType.INT)
            .setI(value));
  }

  private void number(String name, double value) {
    proto.addAttribute(
        AttributeProto.newBuilder()
            .setName(name)
            .setType(AttributeProto.AttributeType.FLOAT)
            .setF((float) value));
  }

  private void integers(String name, List<Integer> values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    values.forEach(attribute::addInts);
    proto.addAttribute(attribute);
  }

  /** An infinite bound is an input left out. */
  private void bound(String name, double value) {
    if (Double.isInfinite(value)) {
      proto.addInput("");
    } else {
      constant(name, value);
    }
  }

  private String unique(String name) {
    String wanted = node.name() + "/" + name;
    while (!names.add(wanted)) {
      wanted += "_";
    }
    return wanted;
  }

  private void constant(String name, double value) {
    String input = unique(name);
    proto.addInput(input);
    graph.addInitializer(tensor(input, Tensor.of(Shape.SCALAR, (float) value)));
  }

  private void constants(String name, Collection<? extends Number> values) {
    String input = unique(name);
    proto.addInput(input);
    ByteBuffer raw = ByteBuffer.allocate(Long.BYTES * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(v -> raw.putLong(v.longValue()));
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(input)
            .setDataType(TensorProto.DataType.INT64.getNumber())
            .addDims(values.size())
            .setRawData(ByteString.copyFrom(raw.flip())));
  }

  /** A stored float tensor, raw and little-endian. */
  static TensorProto tensor(String name, Tensor tensor) {
    float[] values = tensor.toArray();
    ByteBuffer raw =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    TensorProto.Builder proto =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setRawData(ByteString.copyFrom(raw));
    for (int size : tensor.shape().toArray()) {
      proto.addDims(size);
    }
    return proto.build();
  }
}
