package dev.graft.core.text.split;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** What becomes of the stretches that divide a piece ({@code SplitDelimiterBehavior}). */
public enum Delimiters {
  /** They go. */
  REMOVED,
  /** Each is a piece of its own. */
  ISOLATED,
  /** Each belongs to what stands before it. */
  MERGED_WITH_PREVIOUS,
  /** Each belongs to what follows. */
  MERGED_WITH_NEXT,
  /** Those in a row are one piece. */
  CONTIGUOUS;

  /**
   * A stretch of a piece.
   *
   * @param start its first character
   * @param end behind its last
   * @param divides whether it is a delimiter
   */
  public record Stretch(int start, int end, boolean divides) {}

  /** Divides at every code point of a kind. */
  public List<Piece> split(Piece piece, IntPredicate kind) {
    List<Stretch> stretches = new ArrayList<>();
    String text = piece.text();
    int from = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (kind.test(c)) {
        if (from < i) {
          stretches.add(new Stretch(from, i, false));
        }
        stretches.add(new Stretch(i, next, true));
        from = next;
      }
      i = next;
    }
    if (from < text.length()) {
      stretches.add(new Stretch(from, text.length(), false));
    }
    return split(piece, stretches);
  }

  /** Divides a piece of which these are all stretches, in order. */
  public List<Piece> split(Piece piece, List<Stretch> stretches) {
    List<int[]> kept = new ArrayList<>();
    boolean before = false;
    for (int i = 0; i < stretches.size(); i++) {
      Stretch stretch = stretches.get(i);
      boolean joins =
          !kept.isEmpty()
              && switch (this) {
                case REMOVED, ISOLATED -> false;
                case CONTIGUOUS -> stretch.divides() == before;
                case MERGED_WITH_PREVIOUS -> stretch.divides() && !before;
                // The last of several in a row alone goes with what follows.
                case MERGED_WITH_NEXT -> before && !stretch.divides();
              };
      if (joins) {
        kept.get(kept.size() - 1)[1] = stretch.end();
      } else if (this != REMOVED || !stretch.divides()) {
        kept.add(new int[] {stretch.start(), stretch.end()});
      }
      before = stretch.divides();
    }
    return kept.stream()
        .filter(range -> range[0] < range[1])
        .map(range -> piece.part(range[0], range[1]))
        .toList();
  }
}
