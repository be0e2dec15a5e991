package dev.graft.core.text.split;

import java.util.ArrayList;
import java.util.List;

/**
 * GPT-2's pre-tokenizer: contractions, words, numbers and the rest each with the space before it,
 * written in the {@link ByteAlphabet} (Radford et al. 2019).
 *
 * @param prefixSpace whether a space is put in front that is not there
 * @param cut whether it is cut into words at all
 */
public record ByteLevel(boolean prefixSpace, boolean cut) implements PreTokenizer {

  private static final PatternSplit WORDS =
      new PatternSplit(
          UnicodePattern.of(
              "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"),
          Delimiters.ISOLATED,
          false);

  @Override
  public List<Piece> split(Piece piece) {
    String text = piece.text();
    Piece whole = prefixSpace && !text.startsWith(" ") ? piece.with(" " + text) : piece;
    List<Piece> pieces = new ArrayList<>();
    for (Piece part : cut ? WORDS.split(whole) : List.of(whole)) {
      pieces.add(part.with(ByteAlphabet.of(part.text())));
    }
    return pieces;
  }
}
