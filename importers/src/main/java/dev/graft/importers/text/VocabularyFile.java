package dev.graft.importers.text;

import dev.graft.core.text.Padding;
import dev.graft.core.text.Tokenizer;
import dev.graft.core.text.TokenizerParts;
import dev.graft.core.text.normalize.BertNormalizer;
import dev.graft.core.text.special.AddedToken;
import dev.graft.core.text.special.Template;
import dev.graft.core.text.split.BertPreTokenizer;
import dev.graft.core.text.subword.Vocabulary;
import dev.graft.core.text.subword.WordPiece;
import dev.graft.importers.ImportException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * BERT's {@code vocab.txt}: a token a line, whose id is the line's number from 0. Whether case
 * counts is not written in it; it does where a token has a capital, special tokens aside.
 */
final class VocabularyFile {

  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private VocabularyFile() {}

  /** Whether a file is no JSON, and holds lines with BERT's special tokens among them. */
  static boolean isOne(byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    return !text.stripLeading().startsWith("{")
        && text.lines().limit(TokenizerJson.MOST_IDS).anyMatch("[CLS]"::equals);
  }

  static Tokenizer read(byte[] content) {
    Map<String, Integer> ids = new HashMap<>();
    int line = 0;
    for (String token : new String(content, StandardCharsets.UTF_8).split("\r?\n")) {
      ids.put(token, line++);
    }
    List<AddedToken> special = new ArrayList<>();
    for (String token : SPECIAL) {
      Integer id = ids.get(token);
      if (id == null) {
        throw new ImportException(
            "vocab.txt: expected the tokens " + SPECIAL + ", found no " + token);
      }
      special.add(new AddedToken(token, id, false, false, false, false, true));
    }
    boolean cased =
        ids.keySet().stream()
            .anyMatch(t -> !t.startsWith("[") && t.chars().anyMatch(Character::isUpperCase));
    return new Tokenizer(
        new TokenizerParts(
            new BertNormalizer(true, true, !cased, !cased),
            BertPreTokenizer.INSTANCE,
            new WordPiece(new Vocabulary(ids), "[UNK]", "##", 100),
            Template.bert(special.get(2).id(), special.get(3).id()),
            special,
            null,
            new Padding(special.get(0).id(), 0)));
  }
}
