package dev.graft.tests.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A protocol buffer as its wire format has it, without a schema: numbered fields, each a number, so
 * many bytes, or bytes that are a message again.
 */
final class WireMessage {

  private static final int VARINT = 0;
  private static final int EIGHT_BYTES = 1;
  private static final int BYTES = 2;
  private static final int FOUR_BYTES = 5;

  /** ONNX numbers its fields up to 25; bytes that seem to hold others are text or data. */
  private static final int LARGEST_NUMBER = 30;

  /**
   * A field; its value can be exchanged.
   *
   * <p>{@code value} is a {@code Long} (a varint), an {@code Integer} (four bytes), a {@code
   * Double} (eight), a {@code byte[]} or a {@code WireMessage}.
   */
  static final class Field {
    final int number;
    Object value;

    Field(int number, Object value) {
      this.number = number;
      this.value = value;
    }

    Field copy() {
      return new Field(number, value instanceof WireMessage message ? message.copy() : value);
    }
  }

  final List<Field> fields = new ArrayList<>();

  /** The message, or null if these bytes are none. */
  static @Nullable WireMessage parse(byte[] bytes) {
    ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    WireMessage message = new WireMessage();
    while (from.hasRemaining()) {
      long tag = varint(from);
      int number = (int) (tag >>> 3);
      Object value = number < 1 || number > LARGEST_NUMBER ? null : value((int) tag & 7, from);
      if (value == null) {
        return null;
      }
      message.fields.add(new Field(number, value));
    }
    return message;
  }

  private static @Nullable Object value(int wireType, ByteBuffer from) {
    switch (wireType) {
      case VARINT:
        return from.hasRemaining() ? varint(from) : null;
      case FOUR_BYTES:
        return from.remaining() < Integer.BYTES ? null : from.getInt();
      case EIGHT_BYTES:
        return from.remaining() < Double.BYTES ? null : from.getDouble();
      case BYTES:
        long length = varint(from);
        if (length < 0 || length > from.remaining()) {
          return null;
        }
        byte[] bytes = new byte[(int) length];
        from.get(bytes);
        WireMessage inner = bytes.length == 0 ? null : parse(bytes);
        return inner == null ? bytes : inner;
      default:
        return null;
    }
  }

  private static long varint(ByteBuffer from) {
    long value = 0;
    for (int shift = 0; from.hasRemaining() && shift < Long.SIZE; shift += 7) {
      byte next = from.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        break;
      }
    }
    return value;
  }

  WireMessage copy() {
    WireMessage copy = new WireMessage();
    fields.forEach(field -> copy.fields.add(field.copy()));
    return copy;
  }

  byte[] toBytes() {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    for (Field field : fields) {
      int tag = field.number << 3;
      if (field.value instanceof Long number) {
        writeVarint(to, tag | VARINT);
        writeVarint(to, number);
      } else if (field.value instanceof Integer word) {
        writeVarint(to, tag | FOUR_BYTES);
        to.writeBytes(littleEndian(Integer.BYTES).putInt(word).array());
      } else if (field.value instanceof Double number) {
        writeVarint(to, tag | EIGHT_BYTES);
        to.writeBytes(littleEndian(Double.BYTES).putDouble(number).array());
      } else {
        byte[] bytes =
            field.value instanceof WireMessage inner ? inner.toBytes() : (byte[]) field.value;
        writeVarint(to, tag | BYTES);
        writeVarint(to, bytes.length);
        to.writeBytes(bytes);
      }
    }
    return to.toByteArray();
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void writeVarint(ByteArrayOutputStream to, long value) {
    long rest = value;
    while (rest >>> 7 != 0) {
      to.write((int) rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    to.write((int) rest);
  }
}
