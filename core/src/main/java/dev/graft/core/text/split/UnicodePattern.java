package dev.graft.core.text.split;

import dev.graft.core.text.TextException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of a tokenizer's file, in the syntax of Oniguruma as Hugging Face's
 * tokenizers run it, matched by the JDK's. Characters that the JDK's Unicode does not know are
 * matched as others of their category ({@link RegexText}).
 */
public final class UnicodePattern {

  private static final int FLAGS =
      Pattern.UNICODE_CHARACTER_CLASS
          | Pattern.UNICODE_CASE
          | Pattern.MULTILINE
          | Pattern.UNIX_LINES;

  private final Pattern pattern;

  private UnicodePattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /**
   * Compiles an expression.
   *
   * @throws TextException if it is none, or means something else to the JDK
   */
  public static UnicodePattern of(String expression) {
    try {
      return new UnicodePattern(Pattern.compile(OnigurumaSyntax.translated(expression), FLAGS));
    } catch (PatternSyntaxException e) {
      throw new TextException("the pattern " + expression + ": " + e.getDescription());
    } catch (StackOverflowError e) {
      throw new TextException("the pattern " + expression + " is nested too deeply");
    }
  }

  /** Matches exactly this text, and nothing if it is empty. */
  public static UnicodePattern literal(String text) {
    return new UnicodePattern(Pattern.compile(text.isEmpty() ? "(?!)" : Pattern.quote(text)));
  }

  /**
   * A matcher whose places are those of the text. It throws a {@link TextException} where the
   * expression tries too many ways.
   */
  Matcher matcher(String text) {
    return pattern.matcher(new BoundedText(RegexText.of(text), pattern.pattern()));
  }

  /**
   * Whether there is another match.
   *
   * @throws TextException if the expression tries too many ways, or too deep ones: the JDK's
   *     alternatives within a repetition take a frame of the stack for each character
   */
  static boolean finds(Matcher matcher) {
    try {
      return matcher.find();
    } catch (StackOverflowError e) {
      throw new TextException(
          "the pattern " + matcher.pattern() + " goes too deep for a long text; simplify it");
    }
  }

  /** The text with something else in place of all that matches. */
  public String replaced(String text, String with) {
    StringBuilder out = new StringBuilder(text.length());
    int from = 0;
    Matcher matcher = matcher(text);
    while (finds(matcher)) {
      out.append(text, from, matcher.start()).append(with);
      from = matcher.end();
    }
    return out.append(text, from, text.length()).toString();
  }
}
