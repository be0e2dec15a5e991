package dev.graft.cli.page;

import dev.graft.importers.PlainText;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A piece of a page. Text becomes markup here alone, escaped: nothing that a label or the name of a
 * file holds can be taken for an element, an attribute or an entity.
 */
public final class Html {

  /** Nothing. */
  public static final Html NONE = new Html("");

  private final String markup;

  private Html(String markup) {
    this.markup = markup;
  }

  /** What is markup already. */
  static Html markup(String markup) {
    return new Html(markup);
  }

  /** Text as it is to be read; what cannot be printed becomes a space. */
  public static Html text(String text) {
    return new Html(escaped(text));
  }

  /** Pieces, one behind the other. */
  public static Html of(Html... pieces) {
    return of(Arrays.asList(pieces));
  }

  /** Pieces, one behind the other. */
  public static Html of(List<Html> pieces) {
    return new Html(pieces.stream().map(Html::toString).collect(Collectors.joining()));
  }

  /** A paragraph. */
  public static Html paragraph(String text) {
    return new Tag("p").holding(text);
  }

  /** A paragraph that explains what stands above it. */
  public static Html note(String text) {
    return new Tag("p").with("class", "note").holding(text);
  }

  /** For the contents of elements and for quoted values of attributes. */
  static String escaped(String text) {
    String plain = PlainText.of(text);
    StringBuilder out = new StringBuilder(plain.length() + 16);
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }

  /** The markup. */
  @Override
  public String toString() {
    return markup;
  }
}
