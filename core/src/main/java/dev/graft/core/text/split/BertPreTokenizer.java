package dev.graft.core.text.split;

import dev.graft.core.text.CodePoints;
import java.util.ArrayList;
import java.util.List;

/** Words at white space, which goes, and each punctuation mark by itself. */
public enum BertPreTokenizer implements PreTokenizer {
  /** The only one. */
  INSTANCE;

  @Override
  public List<Piece> split(Piece piece) {
    List<Piece> pieces = new ArrayList<>();
    String text = piece.text();
    int start = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      boolean space = CodePoints.isWhiteSpace(c);
      if (space || CodePoints.isPunctuation(c)) {
        if (start < i) {
          pieces.add(piece.part(start, i));
        }
        if (!space) {
          pieces.add(piece.part(i, next));
        }
        start = next;
      }
      i = next;
    }
    if (start < text.length()) {
      pieces.add(piece.part(start, text.length()));
    }
    return pieces;
  }
}
