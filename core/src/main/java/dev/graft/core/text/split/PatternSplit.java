package dev.graft.core.text.split;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/**
 * {@code Split}: divides where a pattern matches.
 *
 * @param pattern what divides
 * @param delimiters what becomes of it
 * @param inverted whether it is what does not match that divides
 */
public record PatternSplit(UnicodePattern pattern, Delimiters delimiters, boolean inverted)
    implements PreTokenizer {

  @Override
  public List<Piece> split(Piece piece) {
    List<Delimiters.Stretch> stretches = new ArrayList<>();
    int from = 0;
    Matcher matcher = pattern.matcher(piece.text());
    while (UnicodePattern.finds(matcher)) {
      if (from < matcher.start()) {
        stretches.add(new Delimiters.Stretch(from, matcher.start(), inverted));
      }
      stretches.add(new Delimiters.Stretch(matcher.start(), matcher.end(), !inverted));
      from = matcher.end();
    }
    if (from < piece.text().length()) {
      stretches.add(new Delimiters.Stretch(from, piece.text().length(), inverted));
    }
    return delimiters.split(piece, stretches);
  }
}
