package dev.graft.core.text.normalize;

import dev.graft.core.text.CodePoints;

/**
 * Small letters, each character by itself and in no language's own way: a final sigma is one like
 * any other.
 */
public enum Lowercase implements Normalizer {
  /** The only one. */
  INSTANCE;

  /** The one capital that becomes two characters, i and a dot above. */
  private static final int CAPITAL_I_WITH_DOT = 0x130;

  @Override
  public String normalize(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == CAPITAL_I_WITH_DOT) {
        out.append("i\u0307");
      } else {
        out.appendCodePoint(CodePoints.lower(c));
      }
    }
    return out.toString();
  }
}
