package dev.graft.core.text.split;

import dev.graft.core.text.TextException;
import java.lang.Character.UnicodeScript;
import java.util.Locale;
import java.util.Map;

/**
 * Says in the JDK's syntax what Oniguruma's says: {@code \w} holds no joiners there, scripts are
 * written without {@code Is}, a {@code ^} after a property's brace negates it. What means something
 * else to either and is not carried over is refused.
 */
final class OnigurumaSyntax {

  private static final String WORD = "\\p{IsAlphabetic}\\p{M}\\p{Nd}\\p{Pc}";

  /** Numbers of Latin 1 that an old table of Oniguruma's has, which it asks outside of brackets. */
  private static final String NUMBERS = "\\x{B2}\\x{B3}\\x{B9}\\x{BC}-\\x{BE}";

  private static final Map<String, String> LONG_NAMES =
      Map.of(
          "letter", "L",
          "mark", "M",
          "number", "N",
          "punctuation", "P",
          "symbol", "S",
          "separator", "Z",
          "other", "C",
          "digit", "Nd",
          "space", "IsWhite_Space",
          "alpha", "IsAlphabetic");

  private final String from;
  private final StringBuilder to = new StringBuilder();
  private int at;
  private int depth;

  private OnigurumaSyntax(String from) {
    this.from = from;
  }

  static String translated(String expression) {
    return new OnigurumaSyntax(expression).translate();
  }

  private String translate() {
    while (at < from.length()) {
      char c = from.charAt(at);
      if (c == '\\' && at + 1 < from.length()) {
        escape(from.charAt(at + 1));
        continue;
      }
      if (c == '[') {
        if (from.startsWith("[:", at) && depth > 0) {
          throw refused("[:…:]");
        }
        depth++;
      } else if (c == ']' && depth > 0) {
        depth--;
      }
      to.append(c);
      at++;
    }
    return to.toString();
  }

  private void escape(char c) {
    at += 2;
    switch (c) {
      case 'w' -> to.append(depth > 0 ? WORD : "[" + WORD + NUMBERS + "]");
      case 'W' -> to.append("[^" + WORD + (depth > 0 ? "]" : NUMBERS + "]"));
      case 'p', 'P' -> property(c == 'P');
      case 'h', 'H', 'R', 'X', 'K', 'G', 'g', 'y', 'Y', 'N', 'O', 'b', 'B' ->
          throw refused("\\" + c);
      default -> to.append('\\').append(c);
    }
  }

  private void property(boolean negated) {
    int end = from.indexOf('}', at);
    if (end < 0 || from.charAt(at) != '{') {
      throw refused("\\p without {…}");
    }
    String name = from.substring(at + 1, end);
    at = end + 1;
    boolean negates = name.startsWith("^");
    to.append(negated != negates ? "\\P{" : "\\p{")
        .append(javaName(negates ? name.substring(1) : name))
        .append('}');
  }

  private String javaName(String name) {
    String known = LONG_NAMES.get(name.toLowerCase(Locale.ROOT));
    if (known != null || name.length() <= 2) {
      return known == null ? name : known;
    }
    try {
      return "Is" + UnicodeScript.forName(name);
    } catch (IllegalArgumentException e) {
      throw refused("\\p{" + name + "}");
    }
  }

  private TextException refused(String what) {
    return new TextException("the pattern " + from + " has " + what + ", which is not known here");
  }
}
