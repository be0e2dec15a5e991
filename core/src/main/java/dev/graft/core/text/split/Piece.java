package dev.graft.core.text.split;

/**
 * A part of a text.
 *
 * @param text what it says
 * @param first whether the text begins with it, which some pre-tokenizers mark
 */
public record Piece(String text, boolean first) {

  /** The characters from {@code start} to before {@code end}. */
  public Piece part(int start, int end) {
    return new Piece(text.substring(start, end), first && start == 0);
  }

  /** The same place with another text. */
  public Piece with(String changed) {
    return new Piece(changed, first);
  }
}
