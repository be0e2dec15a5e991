package dev.graft.importers.onnx;

/** IEEE 754 binary16, which Java has no type for before version 20. */
public final class HalfFloat {

  private HalfFloat() {}

  /** The exact value of a half-precision number given by its 16 bits. */
  public static float toFloat(int bits) {
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
}
