package dev.graft.core.text.subword;

import dev.graft.core.text.IdBuffer;
import dev.graft.core.text.TextException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Of all ways to put a piece together from tokens the one whose logarithms of probability add up to
 * most (Kudo 2018, "Subword Regularization", by Viterbi's algorithm, in double precision). A
 * character in no token costs 10 more than the least probable one; such characters in a row are one
 * unknown token, or their bytes.
 */
public final class Unigram implements SubwordModel {

  /**
   * A token; its place in the list is its id.
   *
   * @param token how it is written
   * @param score the logarithm of its probability
   */
  public record Entry(String token, double score) {}

  private static final double UNKNOWN_PENALTY = 10;

  private final Vocabulary vocabulary;
  private final double[] scores;
  private final double unknownScore;
  private final @Nullable Integer unknown;
  private final boolean byteFallback;
  private final Trie trie;

  /**
   * @param entries tokens by id
   * @param unknown id of the unknown token; null if there is none
   * @param byteFallback whether unknown characters become their UTF-8 bytes, {@code <0x0A>}
   * @throws TextException if the unknown token is not among the entries, or there are none
   */
  public Unigram(List<Entry> entries, @Nullable Integer unknown, boolean byteFallback) {
    if (entries.isEmpty() || (unknown != null && unknown >= entries.size())) {
      throw new TextException(
          "Unigram: the unknown token is "
              + unknown
              + ", the vocabulary has "
              + entries.size()
              + " tokens");
    }
    Map<String, Integer> ids = new HashMap<>();
    this.scores = new double[entries.size()];
    for (int id = 0; id < scores.length; id++) {
      ids.put(entries.get(id).token(), id);
      scores[id] = entries.get(id).score();
    }
    this.vocabulary = new Vocabulary(ids);
    this.trie = new Trie(ids);
    this.unknownScore = Arrays.stream(scores).min().orElseThrow() - UNKNOWN_PENALTY;
    this.unknown = unknown;
    this.byteFallback = byteFallback;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, IdBuffer ids) {
    int length = piece.length();
    double[] best = new double[length + 1];
    int[] from = new int[length + 1];
    int[] token = new int[length + 1];
    Arrays.fill(from, Trie.NONE);
    for (int start = 0; start < length; ) {
      int next = start + Character.charCount(piece.codePointAt(start));
      boolean single = false;
      int node = Trie.ROOT;
      for (int i = start; i < length; i++) {
        node = trie.next(node, piece.charAt(i));
        if (node == Trie.NONE) {
          break;
        }
        int id = trie.value(node);
        if (id == Trie.NONE) {
          continue;
        }
        single |= i + 1 == next;
        if (from[i + 1] == Trie.NONE || best[start] + scores[id] > best[i + 1]) {
          best[i + 1] = best[start] + scores[id];
          from[i + 1] = start;
          token[i + 1] = id;
        }
      }
      if (!single && (from[next] == Trie.NONE || best[start] + unknownScore > best[next])) {
        best[next] = best[start] + unknownScore;
        from[next] = start;
        token[next] = unknownId(piece, start, next);
      }
      start = next;
    }
    follow(piece, from, token, ids);
  }

  private int unknownId(String piece, int start, int end) {
    if (unknown == null) {
      throw new TextException(
          "Unigram: "
              + piece.substring(start, end)
              + " is in no token, and the vocabulary has none for what is unknown");
    }
    return unknown;
  }

  /** The tokens on the best way, from its end to its beginning and then turned round. */
  private void follow(String piece, int[] from, int[] token, IdBuffer ids) {
    Deque<int[]> tokens = new ArrayDeque<>();
    for (int end = piece.length(); end > 0; ) {
      int start = from[end];
      if (unknown != null && token[end] == unknown) {
        while (start > 0 && token[start] == unknown) {
          start = from[start];
        }
        tokens.push(unknown(piece.substring(start, end)));
      } else {
        tokens.push(new int[] {token[end]});
      }
      end = start;
    }
    for (int[] some : tokens) {
      for (int id : some) {
        ids.add(id);
      }
    }
  }

  private int[] unknown(String text) {
    Integer whole = vocabulary.id(text);
    if (whole != null) {
      return new int[] {whole};
    }
    int[] one = {unknown == null ? 0 : unknown};
    if (!byteFallback) {
      return one;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      Integer id = vocabulary.id(ByteToken.of(bytes[i]));
      if (id == null) {
        return one;
      }
      ids[i] = id;
    }
    return ids;
  }
}
