package dev.graft.importers.element;

import java.nio.ByteBuffer;

/** How a file stores a number, and how it becomes a float32. */
public enum ElementType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  U64(8),
  I32(4),
  U32(4),
  I16(2),
  U16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int width;

  ElementType(int width) {
    this.width = width;
  }

  /** Bytes of a number. */
  public int width() {
    return width;
  }

  /** The next number of {@code bytes}, in their byte order, rounded to nearest. */
  public float next(ByteBuffer bytes) {
    return switch (this) {
      case F64 -> (float) bytes.getDouble();
      case F32 -> bytes.getFloat();
      case F16 -> half(bytes.getShort() & 0xFFFF);
      case BF16 -> Float.intBitsToFloat(bytes.getShort() << 16);
      case I64 -> bytes.getLong();
      case U64 -> unsigned(bytes.getLong());
      case I32 -> bytes.getInt();
      case U32 -> Integer.toUnsignedLong(bytes.getInt());
      case I16 -> bytes.getShort();
      case U16 -> bytes.getShort() & 0xFFFF;
      case I8 -> bytes.get();
      case U8 -> bytes.get() & 0xFF;
      case BOOL -> bytes.get() == 0 ? 0 : 1;
    };
  }

  /** The nearest IEEE 754 binary16, the even one of two; infinite from 65520 on. */
  public static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) {
      return (short) (sign | 0x7E00);
    }
    if (magnitude >= 0x477FF000) {
      return (short) (sign | 0x7C00);
    }
    if (magnitude < 0x38800000) {
      // Denormal: the fraction counts steps of 2^-24.
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
    }
    int rounded = magnitude + 0xFFF + (magnitude >> 13 & 1);
    return (short) (sign | rounded - 0x38000000 >> 13);
  }

  /** The exact value of an IEEE 754 binary16, which Java has no type for before version 20. */
  public static float half(int bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      // Denormal: the fraction counts steps of 2^-24.
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int wide = exponent == 0x1F ? 0xFF : exponent + 127 - 15;
    return Float.intBitsToFloat(sign | wide << 23 | fraction << 13);
  }

  private static float unsigned(long bits) {
    // Halved with the lost bit kept, so that rounding to nearest sees it.
    return bits >= 0 ? bits : 2 * (float) (bits >>> 1 | bits & 1);
  }
}
