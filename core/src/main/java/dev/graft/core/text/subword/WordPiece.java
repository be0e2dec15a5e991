package dev.graft.core.text.subword;

import dev.graft.core.text.IdBuffer;
import dev.graft.core.text.TextException;

/**
 * The longest token that a word begins with, then the longest that the rest begins with, and so on;
 * tokens within a word begin with a prefix of their own ({@code ##}). A word that cannot be put
 * together so is one unknown token (Devlin et al. 2018, BERT, after Schuster and Nakajima 2012).
 */
public final class WordPiece implements SubwordModel {

  private final Vocabulary vocabulary;
  private final int unknown;
  private final int longest;
  private final Trie trie;
  private final int inside;

  /**
   * @param unknown the token for what cannot be put together
   * @param prefix what tokens within a word begin with
   * @param longest characters of a word beyond which it is unknown
   * @throws TextException if the unknown token is not in the vocabulary
   */
  public WordPiece(Vocabulary vocabulary, String unknown, String prefix, int longest) {
    Integer id = vocabulary.id(unknown);
    if (id == null) {
      throw new TextException(
          "WordPiece: the unknown token " + unknown + " is not in the vocabulary");
    }
    this.vocabulary = vocabulary;
    this.unknown = id;
    this.longest = longest;
    this.trie = new Trie(vocabulary.all());
    this.inside = trie.walk(prefix);
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String word, IdBuffer ids) {
    int before = ids.size();
    if (word.codePointCount(0, word.length()) > longest) {
      ids.add(unknown);
      return;
    }
    int start = 0;
    while (start < word.length()) {
      int node = start == 0 ? Trie.ROOT : inside;
      int found = Trie.NONE;
      int end = start;
      for (int i = start; i < word.length() && node != Trie.NONE; i++) {
        node = trie.next(node, word.charAt(i));
        if (node != Trie.NONE && trie.value(node) != Trie.NONE) {
          found = trie.value(node);
          end = i + 1;
        }
      }
      if (found == Trie.NONE) {
        ids.truncate(before);
        ids.add(unknown);
        return;
      }
      ids.add(found);
      start = end;
    }
  }
}
