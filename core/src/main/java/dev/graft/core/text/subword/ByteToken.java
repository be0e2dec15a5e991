package dev.graft.core.text.subword;

/** How vocabularies with a fallback to bytes write one: {@code <0x0A>}. */
final class ByteToken {

  private static final String DIGITS = "0123456789ABCDEF";

  private ByteToken() {}

  static String of(byte value) {
    return "<0x" + DIGITS.charAt((value & 0xFF) >> 4) + DIGITS.charAt(value & 0xF) + ">";
  }
}
