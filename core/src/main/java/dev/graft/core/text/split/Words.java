package dev.graft.core.text.split;

import dev.graft.core.text.CodePoints;
import java.util.ArrayList;
import java.util.List;

/** {@code Whitespace}: words, and what is neither word nor white space: {@code \w+|[^\w\s]+}. */
public enum Words implements PreTokenizer {
  /** The only one. */
  INSTANCE;

  private enum Kind {
    SPACE,
    WORD,
    OTHER
  }

  @Override
  public List<Piece> split(Piece piece) {
    List<Piece> pieces = new ArrayList<>();
    String text = piece.text();
    int start = 0;
    Kind kind = Kind.SPACE;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      Kind next = kind(c);
      if (next != kind) {
        if (kind != Kind.SPACE) {
          pieces.add(piece.part(start, i));
        }
        start = i;
        kind = next;
      }
      i += Character.charCount(c);
    }
    if (kind != Kind.SPACE) {
      pieces.add(piece.part(start, text.length()));
    }
    return pieces;
  }

  private static Kind kind(int c) {
    if (CodePoints.isWord(c)) {
      return Kind.WORD;
    }
    return CodePoints.isWhiteSpace(c) ? Kind.SPACE : Kind.OTHER;
  }
}
