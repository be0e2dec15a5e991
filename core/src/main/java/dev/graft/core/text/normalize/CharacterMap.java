package dev.graft.core.text.normalize;

import dev.graft.core.text.CodePoints;
import java.util.function.IntUnaryOperator;

/**
 * Replaces single characters, or takes them away.
 *
 * @param change what becomes of a code point; below 0 for nothing
 */
public record CharacterMap(IntUnaryOperator change) implements Normalizer {

  private static final int NOTHING = -1;

  /** Takes marks away, which letters have only in a decomposed form: put NFD before it. */
  public static final CharacterMap STRIP_ACCENTS =
      new CharacterMap(c -> CodePoints.isMark(c) ? NOTHING : c);

  /** What Google's translation takes away and takes for spaces ({@code Nmt}). */
  public static final CharacterMap NMT = new CharacterMap(CharacterMap::nmt);

  private static int nmt(int c) {
    return switch (c) {
      case '\t', '\n', '\f', '\r', 0x1680, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD -> ' ';
      case 0x0B, 0x7F, 0x8F, 0x9F -> NOTHING;
      default -> c >= 0x200B && c <= 0x200F ? ' ' : c > 0 && c < ' ' ? NOTHING : c;
    };
  }

  @Override
  public String normalize(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      int changed = change.applyAsInt(c);
      if (changed >= 0) {
        out.appendCodePoint(changed);
      }
    }
    return out.toString();
  }
}
