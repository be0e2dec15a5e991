package dev.graft.core.text.normalize;

import dev.graft.core.text.CodePoints;

/**
 * BERT's normalization: control characters go and white space becomes spaces, Chinese characters
 * become words of their own, accents go, capitals become small (Devlin et al. 2018, {@code
 * BasicTokenizer}).
 *
 * @param cleanText whether control characters go and white space becomes spaces
 * @param chinese whether spaces are put around Chinese characters
 * @param stripAccents whether accents go
 * @param lowercase whether capitals become small
 */
public record BertNormalizer(
    boolean cleanText, boolean chinese, boolean stripAccents, boolean lowercase)
    implements Normalizer {

  @Override
  public String normalize(String text) {
    String changed = cleanText || chinese ? cleaned(text) : text;
    changed = stripAccents ? withoutAccents(changed) : changed;
    return lowercase ? Lowercase.INSTANCE.normalize(changed) : changed;
  }

  private String cleaned(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (cleanText && CodePoints.isBertControl(c)) {
        continue;
      }
      if (chinese && isChinese(c)) {
        out.append(' ').appendCodePoint(c).append(' ');
      } else if (cleanText && CodePoints.isWhiteSpace(c)) {
        out.append(' ');
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }

  private static String withoutAccents(String text) {
    StringBuilder out = new StringBuilder(text.length());
    UnicodeForm.NFD
        .normalize(text)
        .codePoints()
        .filter(c -> !CodePoints.isBertAccent(c))
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /** CJK ideographs; not Hangul, Hiragana and Katakana, which are written with spaces. */
  private static boolean isChinese(int c) {
    return c >= 0x3400
        && (c <= 0x4DBF
            || (c >= 0x4E00 && c <= 0x9FFF)
            || (c >= 0xF900 && c <= 0xFAFF)
            || (c >= 0x20000 && c <= 0x2A6DF)
            || (c >= 0x2A700 && c <= 0x2B73F)
            || (c >= 0x2B740 && c <= 0x2B81F)
            || (c >= 0x2B920 && c <= 0x2CEAF)
            || (c >= 0x2F800 && c <= 0x2FA1F));
  }
}
