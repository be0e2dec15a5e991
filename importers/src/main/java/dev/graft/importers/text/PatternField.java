package dev.graft.importers.text;

import dev.graft.core.text.split.UnicodePattern;

/** A pattern: {@code {"String": …}} for exactly this text, {@code {"Regex": …}}. */
final class PatternField {

  private PatternField() {}

  static UnicodePattern read(Field field) {
    Field literal = field.get("String");
    return literal.absent()
        ? UnicodePattern.of(field.get("Regex").text())
        : UnicodePattern.literal(literal.text());
  }
}
