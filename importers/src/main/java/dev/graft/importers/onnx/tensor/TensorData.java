package dev.graft.importers.onnx.tensor;

import com.google.protobuf.ByteString;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.element.ElementType;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a stored ONNX tensor: raw bytes (little-endian), a typed field, or a file beside
 * the model. Nothing in it is believed: sizes are checked against the data before memory is taken.
 */
public final class TensorData {

  /** Shapes and axes are small; weights of whole numbers are not read. */
  private static final int MAX_INTEGERS = 1 << 24;

  private final TensorProto proto;
  private final Shape shape;
  private final @Nullable ByteBuffer bytes;

  private TensorData(TensorProto proto, Shape shape, @Nullable ByteBuffer bytes) {
    this.proto = proto;
    this.shape = shape;
    this.bytes = bytes;
  }

  /**
   * Checks a tensor and finds its bytes.
   *
   * @throws ImportException if its type is not supported, or sizes and data do not agree
   */
  public static TensorData of(TensorProto proto, ExternalData external) {
    Shape shape = shape(proto);
    if (width(type(proto)) == 0) {
      throw new ImportException(
          "tensor "
              + proto.getName()
              + ": data type "
              + typeName(proto.getDataType())
              + " is not supported; export the model with float32 weights");
    }
    ByteBuffer bytes = null;
    if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      bytes = external.read(proto, (long) shape.elements() * width(type(proto)));
    } else if (proto.hasRawData()) {
      ByteString raw = proto.getRawData();
      bytes = raw.asReadOnlyByteBuffer();
    }
    TensorData data = new TensorData(proto, shape, bytes);
    long found = bytes == null ? data.typedCount() : bytes.remaining() / width(type(proto));
    boolean whole = bytes == null || bytes.remaining() % width(type(proto)) == 0;
    if (found != shape.elements() || !whole) {
      throw new ImportException(
          "tensor "
              + proto.getName()
              + ": its sizes "
              + shape
              + " ask for "
              + shape.elements()
              + " elements, the file holds "
              + found
              + "; the file is damaged");
    }
    if (bytes != null) {
      bytes.order(ByteOrder.LITTLE_ENDIAN);
    }
    return data;
  }

  private static Shape shape(TensorProto proto) {
    int[] sizes = new int[proto.getDimsCount()];
    if (sizes.length > 16) {
      throw new ImportException("tensor " + proto.getName() + ": has " + sizes.length + " axes");
    }
    for (int axis = 0; axis < sizes.length; axis++) {
      long size = proto.getDims(axis);
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new ImportException("tensor " + proto.getName() + ": has a size of " + size);
      }
      sizes[axis] = (int) size;
    }
    try {
      return Shape.of(sizes);
    } catch (ShapeException | ArithmeticException e) {
      throw new ImportException("tensor " + proto.getName() + ": " + e.getMessage(), e);
    }
  }

  private static DataType type(TensorProto proto) {
    DataType type = DataType.forNumber(proto.getDataType());
    return type == null ? DataType.UNDEFINED : type;
  }

  /** The name of a data type's number. */
  public static String typeName(int number) {
    DataType type = DataType.forNumber(number);
    return type == null ? Integer.toString(number) : type.name().toLowerCase(Locale.ROOT);
  }

  /** Bytes of an element; 0 for a type that is not read. */
  private static int width(DataType type) {
    return switch (type) {
      case FLOAT, INT32, UINT32 -> 4;
      case DOUBLE, INT64, UINT64 -> 8;
      case FLOAT16, BFLOAT16, INT16, UINT16 -> 2;
      case INT8, UINT8, BOOL -> 1;
      default -> 0;
    };
  }

  private int typedCount() {
    return switch (type(proto)) {
      case FLOAT -> proto.getFloatDataCount();
      case DOUBLE -> proto.getDoubleDataCount();
      case INT64 -> proto.getInt64DataCount();
      case UINT32, UINT64 -> proto.getUint64DataCount();
      default -> proto.getInt32DataCount();
    };
  }

  /** Number of elements. */
  public int elements() {
    return shape.elements();
  }

  /** Whether it holds floating-point numbers. */
  public boolean isFloat() {
    return switch (type(proto)) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
      default -> false;
    };
  }

  /** The type's name where it was converted to float32; null where it was that. */
  public @Nullable String convertedFrom() {
    DataType type = type(proto);
    return type == DataType.FLOAT ? null : type.name().toLowerCase(Locale.ROOT);
  }

  /** A floating-point tensor as float32, rounded to nearest. */
  public Tensor floats() {
    float[] values = new float[shape.elements()];
    DataType type = type(proto);
    if (type == DataType.FLOAT && bytes != null) {
      // At once: a loop over the elements takes the interpreter longer than all else of the file.
      bytes.asFloatBuffer().get(values);
      return Tensor.of(shape, values);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case FLOAT -> proto.getFloatData(i);
            case DOUBLE -> (float) (bytes == null ? proto.getDoubleData(i) : bytes.getDouble());
            case FLOAT16 -> ElementType.half(bits16(i));
            default -> Float.intBitsToFloat(bits16(i) << 16);
          };
    }
    if (bytes != null) {
      bytes.rewind();
    }
    return Tensor.of(shape, values);
  }

  /** Finite elements that float32 cannot hold, in the result of {@link #floats}. */
  public int overflows(Tensor converted) {
    int count = 0;
    if (type(proto) == DataType.DOUBLE) {
      float[] values = converted.toArray();
      for (int i = 0; i < values.length; i++) {
        double exact =
            bytes == null
                ? proto.getDoubleData(i)
                : bytes.getDouble(bytes.position() + Double.BYTES * i);
        count += Float.isInfinite(values[i]) && Double.isFinite(exact) ? 1 : 0;
      }
    }
    return count;
  }

  private int bits16(int i) {
    return (bytes == null ? proto.getInt32Data(i) : bytes.getShort()) & 0xFFFF;
  }

  /** A whole-number or boolean tensor. */
  public WholeNumbers longs() {
    if (shape.elements() > MAX_INTEGERS) {
      throw new ImportException(
          "tensor "
              + proto.getName()
              + ": holds "
              + shape.elements()
              + " whole numbers, as a quantised weight; export the float32 model");
    }
    long[] values = new long[shape.elements()];
    DataType type = type(proto);
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (type) {
            case BOOL -> (bytes == null ? proto.getInt32Data(i) : bytes.get()) == 0 ? 0 : 1;
            case INT64 -> bytes == null ? proto.getInt64Data(i) : bytes.getLong();
            case UINT64 -> bytes == null ? proto.getUint64Data(i) : bytes.getLong();
            case UINT32 ->
                bytes == null ? proto.getUint64Data(i) : Integer.toUnsignedLong(bytes.getInt());
            case INT32 -> bytes == null ? proto.getInt32Data(i) : bytes.getInt();
            case INT16 -> bytes == null ? proto.getInt32Data(i) : bytes.getShort();
            case UINT16 -> bits16(i);
            case INT8 -> bytes == null ? proto.getInt32Data(i) : bytes.get();
            default -> (bytes == null ? proto.getInt32Data(i) : bytes.get()) & 0xFF;
          };
    }
    if (bytes != null) {
      bytes.rewind();
    }
    return WholeNumbers.of(shape, values);
  }
}
