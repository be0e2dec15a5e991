package dev.graft.importers.onnx.tensor;

import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.element.ElementType;
import dev.graft.importers.graph.WholeNumbers;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a stored ONNX tensor: raw bytes (little-endian), a typed field, or a file beside
 * the model. Nothing in it is believed: sizes are checked against the data before memory is taken.
 */
public final class TensorData {

  /** Bytes of a whole number in memory: the number, and whether it stands for the batch. */
  private static final int WHOLE_NUMBER_BYTES = 9;

  /** A quantised weight with more elements stays as the bytes that it is. */
  private static final int MOST_LISTED = 1 << 16;

  private final TensorProto proto;
  private final Shape shape;
  private final ExternalData external;
  private final ExternalData.@Nullable Range range;
  private final @Nullable StoredBytes bytes;
  private int overflows;

  private TensorData(
      TensorProto proto, Shape shape, ExternalData external, ExternalData.@Nullable Range range) {
    this.proto = proto;
    this.shape = shape;
    this.external = external;
    this.range = range;
    this.bytes =
        range != null
            ? external.bytes(range)
            : proto.hasRawData() ? StoredBytes.of(proto.getRawData()) : null;
  }

  /**
   * Checks a tensor and finds its bytes.
   *
   * @throws ImportException if its type is not supported, or sizes and data do not agree
   */
  public static TensorData of(TensorProto proto, ExternalData external) {
    Shape shape = shape(proto);
    int width = width(type(proto));
    if (width == 0) {
      throw new ImportException(
          "tensor "
              + proto.getName()
              + ": data type "
              + typeName(proto.getDataType())
              + " is not supported; export the model with float32 weights");
    }
    boolean outside = proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL;
    TensorData data =
        new TensorData(
            proto,
            shape,
            external,
            outside ? external.range(proto, (long) shape.elements() * width) : null);
    long found = data.bytes == null ? data.typedCount() : data.bytes.length() / width;
    boolean whole = data.bytes == null || data.bytes.length() % width == 0;
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

  /** Whether it is a weight in bytes: axes, shapes and masks have other types, or one axis. */
  public boolean isQuantised() {
    DataType type = type(proto);
    return (type == DataType.INT8 || type == DataType.UINT8) && shape.rank() > 1;
  }

  /** The type's name; null where it is float32. */
  public @Nullable String convertedFrom() {
    DataType type = type(proto);
    return type == DataType.FLOAT ? null : type.name().toLowerCase(Locale.ROOT);
  }

  /**
   * A floating-point tensor as float32, rounded to nearest. Tensors over the same bytes of a file
   * share their memory.
   *
   * @throws ImportException if the files are too small to ask for so much
   */
  public Tensor floats() {
    return range == null ? converted() : external.shared(range, shape, this::converted);
  }

  private Tensor converted() {
    external
        .allowance()
        .expect(
            (long) Float.BYTES * shape.elements(),
            "tensor "
                + proto.getName()
                + ": with it the stored tensors take more than four times their files");
    float[] values = new float[shape.elements()];
    DataType type = type(proto);
    if (bytes == null) {
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (type) {
              case FLOAT -> proto.getFloatData(i);
              case DOUBLE -> rounded(proto.getDoubleData(i));
              case FLOAT16 -> ElementType.half(proto.getInt32Data(i) & 0xFFFF);
              default -> Float.intBitsToFloat(proto.getInt32Data(i) << 16);
            };
      }
      return Tensor.of(shape, values);
    }
    int[] next = {0};
    bytes.read(
        piece -> {
          if (type == DataType.FLOAT) {
            // At once: a loop over the elements takes the interpreter longer than all else.
            int count = piece.remaining() / Float.BYTES;
            piece.asFloatBuffer().get(values, next[0], count);
            next[0] += count;
            return;
          }
          while (piece.hasRemaining()) {
            values[next[0]++] =
                switch (type) {
                  case DOUBLE -> rounded(piece.getDouble());
                  case FLOAT16 -> ElementType.half(piece.getShort() & 0xFFFF);
                  default -> Float.intBitsToFloat(piece.getShort() << 16);
                };
          }
        });
    return Tensor.of(shape, values);
  }

  private float rounded(double exact) {
    float nearest = (float) exact;
    overflows += Float.isInfinite(nearest) && Double.isFinite(exact) ? 1 : 0;
    return nearest;
  }

  /** Finite elements that float32 could not hold when {@link #floats} converted them. */
  public int overflows() {
    return overflows;
  }

  /**
   * A whole-number or boolean tensor.
   *
   * @throws ImportException if there are so many that it must be a quantised weight
   */
  public WholeNumbers longs() {
    if (range != null) {
      external.count(range);
    }
    DataType type = type(proto);
    if (bytes != null && isQuantised() && shape.elements() > MOST_LISTED) {
      return quantised(bytes, type == DataType.INT8);
    }
    external
        .allowance()
        .expect(
            (long) WHOLE_NUMBER_BYTES * shape.elements(),
            "tensor "
                + proto.getName()
                + ": holds "
                + shape.elements()
                + " whole numbers, as a quantised weight; export the float32 model");
    long[] values = new long[shape.elements()];
    if (bytes == null) {
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (type) {
              case BOOL -> proto.getInt32Data(i) == 0 ? 0 : 1;
              case INT64 -> proto.getInt64Data(i);
              case UINT64, UINT32 -> proto.getUint64Data(i);
              case UINT16 -> proto.getInt32Data(i) & 0xFFFF;
              case UINT8 -> proto.getInt32Data(i) & 0xFF;
              default -> proto.getInt32Data(i);
            };
      }
      return WholeNumbers.of(shape, values);
    }
    int[] next = {0};
    bytes.read(
        piece -> {
          while (piece.hasRemaining()) {
            values[next[0]++] =
                switch (type) {
                  case BOOL -> piece.get() == 0 ? 0 : 1;
                  case INT64, UINT64 -> piece.getLong();
                  case UINT32 -> Integer.toUnsignedLong(piece.getInt());
                  case INT32 -> piece.getInt();
                  case INT16 -> piece.getShort();
                  case UINT16 -> piece.getShort() & 0xFFFF;
                  case INT8 -> piece.get();
                  default -> piece.get() & 0xFF;
                };
          }
        });
    return WholeNumbers.of(shape, values);
  }

  private WholeNumbers quantised(StoredBytes from, boolean signed) {
    external
        .allowance()
        .expect(
            shape.elements(),
            "tensor "
                + proto.getName()
                + ": with it the stored tensors take more than four times their files");
    byte[] values = new byte[shape.elements()];
    int[] next = {0};
    from.read(
        piece -> {
          int count = piece.remaining();
          piece.get(values, next[0], count);
          next[0] += count;
        });
    return WholeNumbers.quantised(shape, values, signed);
  }
}
