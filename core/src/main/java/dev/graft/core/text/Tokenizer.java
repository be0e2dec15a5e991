package dev.graft.core.text;

import dev.graft.core.text.special.AddedToken;
import dev.graft.core.text.special.AddedTokens;
import dev.graft.core.text.special.PostProcessor;
import dev.graft.core.text.special.Segment;
import dev.graft.core.text.special.Truncation;
import dev.graft.core.text.split.Piece;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns texts into token ids, in the steps of Hugging Face's tokenizers and with their results:
 *
 * <pre>
 * text --added tokens--> parts --Normalizer--> text --PreTokenizer--> pieces --SubwordModel--> ids
 *      --Truncation--> ids --PostProcessor--> ids with special tokens
 * </pre>
 *
 * <p>A surrogate without a partner, which is no Unicode text, counts as U+FFFD. Immutable, and safe
 * for several threads.
 */
public final class Tokenizer {

  /** Pieces remembered: words repeat, and most of a text is few of them. */
  private static final int REMEMBERED = 1 << 16;

  /** Longer pieces do not repeat. */
  private static final int LONGEST_REMEMBERED = 48;

  private final TokenizerParts parts;
  private final AddedTokens given;
  private final AddedTokens normalized;
  private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

  /** A tokenizer of these parts. */
  public Tokenizer(TokenizerParts parts) {
    this.parts = parts;
    this.given = AddedTokens.asGiven(parts.added());
    this.normalized = AddedTokens.normalized(parts.added(), parts.normalizer());
  }

  /** What it is made of. */
  public TokenizerParts parts() {
    return parts;
  }

  /** The largest id it can give, and 1: rows that a network's embedding needs. */
  public int vocabularySize() {
    int added = parts.added().stream().mapToInt(AddedToken::id).max().orElse(-1);
    return Math.max(parts.model().vocabulary().size(), added + 1);
  }

  /** The id of a token as the vocabulary writes it, special ones included; null if unknown. */
  public @Nullable Integer id(String token) {
    for (AddedToken added : parts.added()) {
      if (added.content().equals(token)) {
        return added.id();
      }
    }
    return parts.model().vocabulary().id(token);
  }

  /**
   * The longest encoding it gives, special tokens included; {@link Integer#MAX_VALUE} without a
   * bound.
   */
  public int maxLength() {
    Truncation truncation = parts.truncation();
    return truncation == null ? Integer.MAX_VALUE : truncation.maxLength();
  }

  /** The same tokenizer with encodings of at most {@code length} tokens, special ones included. */
  public Tokenizer withMaxLength(int length) {
    Truncation truncation = parts.truncation();
    return new Tokenizer(
        parts.withTruncation(
            truncation == null ? Truncation.of(length) : truncation.withMaxLength(length)));
  }

  /** What fills up a batch. */
  public Padding padding() {
    return parts.padding();
  }

  /**
   * Encodes a text, with special tokens, truncated where the tokenizer bounds the length, not
   * padded.
   *
   * @throws TextException if the bound leaves no room for the special tokens
   */
  public Encoding encode(String text) {
    Segment all = segment(text, 0);
    Truncation truncation = parts.truncation();
    PostProcessor after = parts.postProcessor();
    Segment kept = truncation == null ? all : truncation.apply(all, after.added(false));
    return encoding(after.process(kept), all.length() - kept.length());
  }

  /**
   * Encodes a pair of texts, as {@link #encode(String)} does one.
   *
   * @throws TextException also if the text that must give way cannot make room
   */
  public Encoding encode(String first, String second) {
    Segment a = segment(first, 0);
    Segment b = segment(second, 1);
    Truncation truncation = parts.truncation();
    PostProcessor after = parts.postProcessor();
    Segment[] kept =
        truncation == null ? new Segment[] {a, b} : truncation.apply(a, b, after.added(true));
    int dropped = a.length() + b.length() - kept[0].length() - kept[1].length();
    return encoding(after.process(kept[0], kept[1]), dropped);
  }

  private static Encoding encoding(Segment tokens, int dropped) {
    int[] mask = new int[tokens.length()];
    Arrays.fill(mask, 1);
    return new Encoding(tokens.ids(), tokens.typeIds(), mask, dropped);
  }

  private Segment segment(String text, int type) {
    String whole = Surrogates.replaced(text);
    IdBuffer ids = new IdBuffer();
    for (AddedTokens.Stretch stretch : given.find(whole)) {
      AddedToken token = stretch.token();
      if (token == null) {
        String part = whole.substring(stretch.start(), stretch.end());
        encodeNormalized(parts.normalizer().normalize(part), stretch.start() == 0, ids);
      } else {
        ids.add(token.id());
      }
    }
    return Segment.of(ids.toArray(), type);
  }

  private void encodeNormalized(String text, boolean first, IdBuffer ids) {
    Piece whole = new Piece(text, first);
    for (AddedTokens.Stretch stretch : normalized.find(text)) {
      AddedToken token = stretch.token();
      if (token != null) {
        ids.add(token.id());
        continue;
      }
      List<Piece> pieces = parts.preTokenizer().split(whole.part(stretch.start(), stretch.end()));
      for (Piece piece : pieces) {
        encodePiece(piece.text(), ids);
      }
    }
  }

  private void encodePiece(String piece, IdBuffer ids) {
    if (piece.isEmpty()) {
      return;
    }
    if (piece.length() > LONGEST_REMEMBERED) {
      parts.model().encode(piece, ids);
      return;
    }
    int[] known = remembered.get(piece);
    if (known == null) {
      IdBuffer own = new IdBuffer();
      parts.model().encode(piece, own);
      known = own.toArray();
      if (remembered.size() < REMEMBERED) {
        remembered.put(piece, known);
      }
    }
    for (int id : known) {
      ids.add(id);
    }
  }
}
