package dev.graft.cli.page;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/** An element of HTML or SVG with its attributes, to be filled. */
public final class Tag {

  /** Elements that hold nothing and are not closed. */
  private static final Set<String> VOID = Set.of("img", "br", "meta", "input");

  private final String name;
  private final String attributes;

  /**
   * @param name of the element; never text from outside
   */
  public Tag(String name) {
    this(name, "");
  }

  private Tag(String name, String attributes) {
    this.name = name;
    this.attributes = attributes;
  }

  /** The same with an attribute, whose value is escaped. */
  public Tag with(String attribute, String value) {
    return new Tag(name, attributes + " " + attribute + "=\"" + Html.escaped(value) + "\"");
  }

  /** The same with a coordinate or a length, to a tenth of a pixel. */
  public Tag with(String attribute, double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return with(attribute, text.endsWith(".0") ? text.substring(0, text.length() - 2) : text);
  }

  /** The element with text in it, which is escaped. */
  public Html holding(String text) {
    return holding(Html.text(text));
  }

  /** The element with pieces in it. */
  public Html holding(Html... pieces) {
    return holding(List.of(pieces));
  }

  /** The element with pieces in it. */
  public Html holding(List<Html> pieces) {
    String open = "<" + name + attributes + ">";
    return Html.markup(VOID.contains(name) ? open : open + Html.of(pieces) + "</" + name + ">");
  }

  /** The element with nothing in it. */
  public Html empty() {
    return holding(List.of());
  }
}
