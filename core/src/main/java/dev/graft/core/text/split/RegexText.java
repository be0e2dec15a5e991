package dev.graft.core.text.split;

import dev.graft.core.text.CodePoints;
import java.util.HashMap;
import java.util.Map;

/**
 * A text as it is shown to the JDK's regular expressions: each character that the JDK's Unicode
 * does not know, or knows as of another category, is replaced by one of the same category and the
 * same length in UTF-16 that every JDK knows. Then matches lie where they lie by the tokenizers'
 * own Unicode, but for expressions that name scripts or single such characters.
 */
final class RegexText {

  /** Below this all versions agree. */
  private static final char FIRST_DIFFERENCE = 0x300;

  /** Planes of nothing but Chinese characters begin with it. */
  private static final int FIRST_IDEOGRAPH = 0x20000;

  /** A letter, a mark… of the first plane and of another, by general category. */
  private static final Map<String, int[]> LIKE =
      Map.ofEntries(
          Map.entry("Lu", new int[] {0x410, 0x10400}),
          Map.entry("Ll", new int[] {0x430, 0x10428}),
          Map.entry("Lt", new int[] {0x1C5, 0x10400}),
          Map.entry("Lm", new int[] {0x2B0, 0x16F93}),
          Map.entry("Lo", new int[] {0x5D0, 0x10000}),
          Map.entry("Mn", new int[] {0x300, 0x101FD}),
          Map.entry("Mc", new int[] {0x903, 0x11000}),
          Map.entry("Me", new int[] {0x488, 0x101FD}),
          Map.entry("Nd", new int[] {0x660, 0x104A0}),
          Map.entry("Nl", new int[] {0x2160, 0x10140}),
          Map.entry("No", new int[] {0xB2, 0x10107}),
          Map.entry("Pc", new int[] {0x203F, 0x10100}),
          Map.entry("Pd", new int[] {0x2010, 0x10EAD}),
          Map.entry("Ps", new int[] {0x201A, 0x10100}),
          Map.entry("Pe", new int[] {0x2046, 0x10100}),
          Map.entry("Pi", new int[] {0xAB, 0x10100}),
          Map.entry("Pf", new int[] {0xBB, 0x10100}),
          Map.entry("Po", new int[] {0x2016, 0x10100}),
          Map.entry("Sm", new int[] {0xD7, 0x1D6C1}),
          Map.entry("Sc", new int[] {0xA2, 0x1E2FF}),
          Map.entry("Sk", new int[] {0xA8, 0x1F3FB}),
          Map.entry("So", new int[] {0xA6, 0x10137}),
          Map.entry("Cf", new int[] {0xAD, 0x110BD}),
          Map.entry("Cn", new int[] {0xFFFF, 0x1FFFF}));

  private static final Map<Integer, Integer> SHOWN = differences();

  private RegexText() {}

  private static Map<Integer, Integer> differences() {
    Map<Integer, Integer> shown = new HashMap<>();
    for (int c = FIRST_DIFFERENCE; c <= Character.MAX_CODE_POINT; c++) {
      String category = CodePoints.category(c);
      if (!category.equals(JdkCategory.of(c))) {
        shown.put(c, like(c, category));
      }
    }
    return shown;
  }

  private static int like(int c, String category) {
    if (category.equals("Lo") && (c >= FIRST_IDEOGRAPH || (c > 0x4E00 && c < 0xA000))) {
      return c >= FIRST_IDEOGRAPH ? FIRST_IDEOGRAPH : 0x4E00;
    }
    int[] like = LIKE.getOrDefault(category, LIKE.get("Cn"));
    return Character.isBmpCodePoint(c) ? like[0] : like[1];
  }

  static String of(String text) {
    StringBuilder changed = null;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int length = Character.charCount(c);
      Integer shown = c < FIRST_DIFFERENCE ? null : SHOWN.get(c);
      if (shown != null) {
        changed = changed == null ? new StringBuilder(text) : changed;
        changed.replace(i, i + length, Character.toString(shown));
      }
      i += length;
    }
    return changed == null ? text : changed.toString();
  }
}
