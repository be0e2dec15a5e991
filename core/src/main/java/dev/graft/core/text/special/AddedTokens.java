package dev.graft.core.text.special;

import dev.graft.core.text.CodePoints;
import dev.graft.core.text.normalize.Normalizer;
import dev.graft.core.text.subword.Trie;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: of several that begin at one place the longest. */
public final class AddedTokens {

  /**
   * A stretch of text: an added token, or what lies between two.
   *
   * @param start its first character
   * @param end behind its last
   * @param token null between tokens
   */
  public record Stretch(int start, int end, @Nullable AddedToken token) {}

  private final List<AddedToken> tokens;
  private final Trie trie;

  private AddedTokens(List<AddedToken> tokens, Map<String, Integer> contents) {
    this.tokens = tokens;
    this.trie = new Trie(contents);
  }

  /** Those that are looked for in the text as it is given. */
  public static AddedTokens asGiven(List<AddedToken> tokens) {
    return of(tokens.stream().filter(token -> !token.normalized()).toList(), text -> text);
  }

  /** Those that are looked for in the text behind the normalizer, in their own normalized form. */
  public static AddedTokens normalized(List<AddedToken> tokens, Normalizer normalizer) {
    return of(tokens.stream().filter(AddedToken::normalized).toList(), normalizer);
  }

  private static AddedTokens of(List<AddedToken> tokens, Normalizer normalizer) {
    Map<String, Integer> contents = new HashMap<>();
    for (int i = 0; i < tokens.size(); i++) {
      String content = normalizer.normalize(tokens.get(i).content());
      if (!content.isEmpty()) {
        contents.put(content, i);
      }
    }
    return new AddedTokens(tokens, contents);
  }

  /** The text in stretches, in order, none of them empty. */
  public List<Stretch> find(String text) {
    List<Stretch> stretches = new ArrayList<>();
    int behind = 0;
    int at = 0;
    while (at < text.length()) {
      Match match = longest(text, at);
      if (match == null) {
        at++;
        continue;
      }
      at = match.end;
      AddedToken token = match.token;
      if (token.singleWord() && !standsAlone(text, match)) {
        continue;
      }
      int start =
          token.leftStrip() ? Math.max(behind, spaceBefore(text, match.start)) : match.start;
      int end = token.rightStrip() ? spaceBehind(text, match.end) : match.end;
      if (behind < start) {
        stretches.add(new Stretch(behind, start, null));
      }
      stretches.add(new Stretch(start, end, token));
      behind = end;
    }
    if (behind < text.length()) {
      stretches.add(new Stretch(behind, text.length(), null));
    }
    return stretches;
  }

  private record Match(int start, int end, AddedToken token) {}

  private @Nullable Match longest(String text, int start) {
    int node = Trie.ROOT;
    Match longest = null;
    for (int i = start; i < text.length(); i++) {
      node = trie.next(node, text.charAt(i));
      if (node == Trie.NONE) {
        break;
      }
      if (trie.value(node) != Trie.NONE) {
        longest = new Match(start, i + 1, tokens.get(trie.value(node)));
      }
    }
    return longest;
  }

  private static boolean standsAlone(String text, Match match) {
    return (match.start == 0 || !CodePoints.isWord(text.codePointBefore(match.start)))
        && (match.end == text.length() || !CodePoints.isWord(text.codePointAt(match.end)));
  }

  private static int spaceBefore(String text, int end) {
    int at = end;
    while (at > 0 && CodePoints.isWhiteSpace(text.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private static int spaceBehind(String text, int start) {
    int at = start;
    while (at < text.length() && CodePoints.isWhiteSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
