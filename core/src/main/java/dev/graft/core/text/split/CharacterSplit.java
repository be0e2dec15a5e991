package dev.graft.core.text.split;

import dev.graft.core.text.CodePoints;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Divides at every character of a kind: {@code Punctuation}, {@code Digits}, {@code
 * WhitespaceSplit} and {@code CharDelimiterSplit} are this.
 *
 * @param kind which characters divide
 * @param delimiters what becomes of them
 */
public record CharacterSplit(IntPredicate kind, Delimiters delimiters) implements PreTokenizer {

  /** Words between white space. */
  public static final CharacterSplit WHITE_SPACE =
      new CharacterSplit(CodePoints::isWhiteSpace, Delimiters.REMOVED);

  /** Divides at punctuation. */
  public static CharacterSplit punctuation(Delimiters delimiters) {
    return new CharacterSplit(CodePoints::isPunctuation, delimiters);
  }

  /** Divides numbers from what surrounds them, and one digit from the next if so wanted. */
  public static CharacterSplit digits(boolean individual) {
    return new CharacterSplit(
        CodePoints::isNumeric, individual ? Delimiters.ISOLATED : Delimiters.CONTIGUOUS);
  }

  @Override
  public List<Piece> split(Piece piece) {
    return delimiters.split(piece, kind);
  }
}
