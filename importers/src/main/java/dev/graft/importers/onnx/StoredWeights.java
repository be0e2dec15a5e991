package dev.graft.importers.onnx;

import com.google.protobuf.ByteString;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.element.ElementType;
import dev.graft.importers.onnx.operator.NodeWriter;
import dev.graft.importers.onnx.proto.AttributeProto;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * Writes stored tensors in a {@link WeightFormat}: a smaller initializer, and the node that makes
 * float32 of it, Cast or DequantizeLinear of opset 13, whose output has the tensor's name.
 */
final class StoredWeights {

  /** Below, a tensor costs less than what would describe how to read it. */
  private static final int FEWEST = 256;

  private static final int LARGEST = 127;

  private final GraphProto.Builder target;
  private final Set<String> names;
  private final WeightFormat format;

  /**
   * @param names all that are taken, to which those of the initializers are added
   */
  StoredWeights(GraphProto.Builder target, Set<String> names, WeightFormat format) {
    this.target = target;
    this.names = names;
    this.format = format;
  }

  /**
   * Adds a tensor.
   *
   * @throws ExportException if the format cannot hold its values
   */
  void add(String name, Tensor tensor) {
    Shape shape = tensor.shape();
    if (format == WeightFormat.FLOAT16 && shape.elements() >= FEWEST) {
      addHalves(name, shape, tensor.toArray());
    } else if (format == WeightFormat.INT8 && shape.rank() > 1 && shape.elements() >= FEWEST) {
      addBytes(name, shape, tensor.toArray());
    } else {
      target.addInitializer(NodeWriter.tensor(name, tensor));
    }
  }

  private void addHalves(String name, Shape shape, float[] values) {
    ByteBuffer raw = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      short half = ElementType.toHalf(value);
      if (Float.isInfinite(ElementType.half(half & 0xFFFF)) && !Float.isInfinite(value)) {
        throw new ExportException(
            name
                + ": holds "
                + value
                + ", beyond the 65504 of float16; write the weights as int8 or float32");
      }
      raw.putShort(half);
    }
    String stored = taken(name + "_float16");
    target.addInitializer(initializer(stored, TensorProto.DataType.FLOAT16, shape, raw.array()));
    target.addNode(
        decoder("Cast", name)
            .addInput(stored)
            .addAttribute(integer("to", TensorProto.DataType.FLOAT.getNumber())));
  }

  private void addBytes(String name, Shape shape, float[] values) {
    // Output channels come first or last, by the operator; the right axis loses less.
    Quantised first = Quantised.of(name, shape, values, 0);
    Quantised last = Quantised.of(name, shape, values, shape.rank() - 1);
    Quantised better = last.error < first.error ? last : first;
    String stored = taken(name + "_int8");
    String scale = taken(name + "_scale");
    target.addInitializer(initializer(stored, TensorProto.DataType.INT8, shape, better.bytes));
    target.addInitializer(
        NodeWriter.tensor(scale, Tensor.of(Shape.of(better.scales.length), better.scales)));
    target.addNode(
        decoder("DequantizeLinear", name)
            .addInput(stored)
            .addInput(scale)
            .addAttribute(integer("axis", better.axis)));
  }

  /**
   * Values in bytes.
   *
   * @param axis along which each index has a scale of its own
   * @param error sum of squares of what was lost
   */
  @SuppressWarnings("ArrayRecordComponent") // Handed on at once, never compared.
  private record Quantised(int axis, float[] scales, byte[] bytes, double error) {

    static Quantised of(String name, Shape shape, float[] values, int axis) {
      int[] sizes = shape.toArray();
      int channels = sizes[axis];
      int inner = 1;
      for (int i = axis + 1; i < sizes.length; i++) {
        inner *= sizes[i];
      }
      float[] scales = new float[channels];
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          throw new ExportException(
              name + ": holds " + values[i] + ", which no byte stands for; write float32");
        }
        int channel = i / inner % channels;
        scales[channel] = Math.max(scales[channel], Math.abs(values[i]));
      }
      for (int c = 0; c < channels; c++) {
        scales[c] = Math.max(scales[c] / LARGEST, Float.MIN_NORMAL);
      }
      byte[] bytes = new byte[values.length];
      double error = 0;
      for (int i = 0; i < values.length; i++) {
        float scale = scales[i / inner % channels];
        long rounded = Math.round((double) values[i] / scale);
        bytes[i] = (byte) Math.max(-LARGEST, Math.min(LARGEST, rounded));
        double lost = values[i] - (double) bytes[i] * scale;
        error += lost * lost;
      }
      return new Quantised(axis, scales, bytes, error);
    }
  }

  private String taken(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  private static TensorProto.Builder initializer(
      String name, TensorProto.DataType type, Shape shape, byte[] raw) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type.getNumber())
            .setRawData(ByteString.copyFrom(raw));
    for (int size : shape.toArray()) {
      tensor.addDims(size);
    }
    return tensor;
  }

  private static NodeProto.Builder decoder(String type, String output) {
    return NodeProto.newBuilder().setOpType(type).setName(output).addOutput(output);
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }
}
