package dev.graft.core.text.subword;

import dev.graft.core.text.IdBuffer;
import dev.graft.core.text.TextException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Byte pair encoding: a piece starts as single characters, and of all neighbours for which there is
 * a merge those with the earliest one join, the leftmost first, until none is left (Sennrich,
 * Haddow and Birch 2016).
 */
public final class Bpe implements SubwordModel {

  /**
   * What the vocabulary does beside merging.
   *
   * @param unknown the token for what is not in the vocabulary; null to leave that out
   * @param prefix what tokens within a piece begin with; empty for nothing
   * @param suffix what tokens at the end of a piece end with; empty for nothing
   * @param fuseUnknown whether unknown characters in a row are one token
   * @param byteFallback whether an unknown character becomes its UTF-8 bytes, {@code <0x0A>}
   * @param ignoreMerges whether a piece that is in the vocabulary is one token, whatever the merges
   */
  public record Options(
      @Nullable String unknown,
      String prefix,
      String suffix,
      boolean fuseUnknown,
      boolean byteFallback,
      boolean ignoreMerges) {}

  private final Vocabulary vocabulary;
  private final Options options;
  private final @Nullable Integer unknown;
  private final Map<Long, Integer> ranks = new HashMap<>();
  private final int[] merged;

  /**
   * @param merges pairs of tokens, the earliest first
   * @throws TextException if a token of a merge, what it yields, or the unknown token is not in the
   *     vocabulary
   */
  public Bpe(Vocabulary vocabulary, List<Merge> merges, Options options) {
    this.vocabulary = vocabulary;
    this.options = options;
    this.unknown = options.unknown() == null ? null : known(options.unknown(), "unknown token");
    this.merged = new int[merges.size()];
    for (int rank = 0; rank < merges.size(); rank++) {
      Merge merge = merges.get(rank);
      String end = merge.right();
      String joined =
          merge.left() + (end.startsWith(options.prefix()) ? cut(end, options.prefix()) : end);
      int left = known(merge.left(), "left side of merge " + rank);
      ranks.put(pair(left, known(end, "right side of merge " + rank)), rank);
      merged[rank] = known(joined, "result of merge " + rank);
    }
  }

  private static String cut(String token, String prefix) {
    return token.substring(prefix.length());
  }

  private int known(String token, String what) {
    Integer id = vocabulary.id(token);
    if (id == null) {
      throw new TextException("BPE: the " + what + ", " + token + ", is not in the vocabulary");
    }
    return id;
  }

  private static long pair(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, IdBuffer ids) {
    Integer whole = options.ignoreMerges() ? vocabulary.id(piece) : null;
    if (whole != null) {
      ids.add(whole);
      return;
    }
    new Merging(ranks, merged, characters(piece)).into(ids);
  }

  /** The ids of the single characters. */
  private int[] characters(String piece) {
    IdBuffer found = new IdBuffer();
    boolean pending = false;
    for (int i = 0; i < piece.length(); ) {
      int next = i + Character.charCount(piece.codePointAt(i));
      String character =
          (i > 0 ? options.prefix() : "")
              + piece.substring(i, next)
              + (next == piece.length() ? options.suffix() : "");
      i = next;
      Integer id = vocabulary.id(character);
      if (id != null) {
        if (pending && unknown != null) {
          found.add(unknown);
        }
        pending = false;
        found.add(id);
        continue;
      }
      List<Integer> bytes = options.byteFallback() ? bytes(character) : List.of();
      if (!bytes.isEmpty()) {
        // An unknown token before them stays pending, and comes behind: so do Hugging Face's.
        bytes.forEach(found::add);
      } else if (unknown != null) {
        if (pending && !options.fuseUnknown()) {
          found.add(unknown);
        }
        pending = true;
      }
    }
    if (pending && unknown != null) {
      found.add(unknown);
    }
    return found.toArray();
  }

  /** The tokens of a character's bytes; none unless there is one for each. */
  private List<Integer> bytes(String character) {
    List<Integer> ids = new ArrayList<>();
    for (byte b : character.getBytes(StandardCharsets.UTF_8)) {
      Integer id = vocabulary.id(ByteToken.of(b));
      if (id == null) {
        return List.of();
      }
      ids.add(id);
    }
    return ids;
  }
}
