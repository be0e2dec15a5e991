package dev.graft.core.text;

import java.util.BitSet;
import java.util.Map;

/**
 * Classes of code points as Hugging Face's tokenizers see them, which carry Unicode 8 in BERT's
 * parts, 9 in the normal forms, and a recent version elsewhere. They come from a table and not from
 * the JDK, whose Unicode is another in each release: token ids must not depend on it.
 */
public final class CodePoints {

  private static final CodePointTable TABLE = CodePointTable.read();
  private static final BitSet BERT_CONTROL = TABLE.set("bert-control");
  private static final BitSet BERT_ACCENT = TABLE.set("bert-accent");
  private static final BitSet MARK = TABLE.set("mark");
  private static final BitSet PUNCTUATION = TABLE.set("punctuation");
  private static final BitSet NUMERIC = TABLE.set("numeric");
  private static final BitSet WORD = TABLE.set("word");
  private static final BitSet INERT = TABLE.set("inert");
  private static final Map<String, BitSet> CATEGORIES = TABLE.categories();
  private static final Map<Integer, Integer> LOWER = TABLE.lower();

  private CodePoints() {}

  /** Unicode's {@code White_Space}, which includes the no-break spaces. */
  public static boolean isWhiteSpace(int c) {
    return c == ' '
        || (c >= '\t' && c <= '\r')
        || c == 0x85
        || c == 0xA0
        || c == 0x1680
        || (c >= 0x2000 && c <= 0x200A)
        || c == 0x2028
        || c == 0x2029
        || c == 0x202F
        || c == 0x205F
        || c == 0x3000;
  }

  /** Letters, marks, decimal digits, connecting punctuation and joiners: {@code \w}. */
  public static boolean isWord(int c) {
    return WORD.get(c);
  }

  /** Marks upon, around or behind another character, as {@code StripAccents} takes them away. */
  public static boolean isMark(int c) {
    return MARK.get(c);
  }

  /** Non-spacing marks, as BERT takes them away. */
  public static boolean isBertAccent(int c) {
    return BERT_ACCENT.get(c);
  }

  /** Control characters, U+FFFD and what else BERT takes away; not tabs and ends of lines. */
  public static boolean isBertControl(int c) {
    return BERT_CONTROL.get(c);
  }

  /** Punctuation; in ASCII all that is neither letter, digit, space nor control. */
  public static boolean isPunctuation(int c) {
    return PUNCTUATION.get(c);
  }

  /** Digits and other numbers of every script. */
  public static boolean isNumeric(int c) {
    return NUMERIC.get(c);
  }

  /** Whether normal forms do nothing to it, whatever the JDK's Unicode says. */
  public static boolean isInert(int c) {
    return INERT.get(c);
  }

  /**
   * The general category by its two letters, in the Unicode of regular expressions; {@code Cn} for
   * what that does not know. Separators, controls and private use, which do not change, are the
   * JDK's.
   */
  public static String category(int c) {
    switch (Character.getType(c)) {
      case Character.CONTROL:
        return "Cc";
      case Character.SURROGATE:
        return "Cs";
      case Character.PRIVATE_USE:
        return "Co";
      case Character.SPACE_SEPARATOR:
        return "Zs";
      case Character.LINE_SEPARATOR:
        return "Zl";
      case Character.PARAGRAPH_SEPARATOR:
        return "Zp";
      default:
        break;
    }
    for (Map.Entry<String, BitSet> category : CATEGORIES.entrySet()) {
      if (category.getValue().get(c)) {
        return category.getKey();
      }
    }
    return "Cn";
  }

  /** The small letter of a capital, else the code point itself. */
  public static int lower(int c) {
    if (c < 0x80) {
      return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
    return LOWER.getOrDefault(c, c);
  }
}
