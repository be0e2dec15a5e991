package dev.graft.core.text.split;

import java.nio.charset.StandardCharsets;

/**
 * GPT-2's way to write bytes as characters that can be seen: printable ones of Latin 1 stand for
 * themselves, the others follow from U+0100 on (Radford et al. 2019, {@code bytes_to_unicode}).
 */
public final class ByteAlphabet {

  private static final char[] CHARACTERS = new char[256];

  static {
    char next = 0x100;
    for (int b = 0; b < CHARACTERS.length; b++) {
      boolean seen = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || b >= 0xAE;
      CHARACTERS[b] = seen ? (char) b : next++;
    }
  }

  private ByteAlphabet() {}

  /** The UTF-8 bytes of a text, a character each. */
  public static String of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] written = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      written[i] = CHARACTERS[bytes[i] & 0xFF];
    }
    return new String(written);
  }
}
