package dev.graft.core.text.split;

import java.util.List;

/**
 * SentencePiece's way with spaces: each becomes a visible character, {@code ▁}, that words begin
 * with, and one may stand before the text (Kudo and Richardson 2018).
 *
 * @param replacement what a space becomes
 * @param prepend where one is put in front that is not there
 * @param split whether words are pieces of their own
 */
public record Metaspace(int replacement, Prepend prepend, boolean split) implements PreTokenizer {

  /** Where a replacement is put in front. */
  public enum Prepend {
    /** Of every piece. */
    ALWAYS,
    /** Of the one that the text begins with. */
    FIRST,
    /** Of none. */
    NEVER
  }

  @Override
  public List<Piece> split(Piece piece) {
    String mark = Character.toString(replacement);
    String text = piece.text().replace(" ", mark);
    boolean wanted = prepend == Prepend.ALWAYS || (prepend == Prepend.FIRST && piece.first());
    Piece marked = piece.with(wanted && !text.startsWith(mark) ? mark + text : text);
    return split
        ? Delimiters.MERGED_WITH_NEXT.split(marked, c -> c == replacement)
        : List.of(marked);
  }
}
