package dev.graft.importers.text;

import dev.graft.core.text.subword.SubwordModel;
import dev.graft.core.text.subword.Vocabulary;
import dev.graft.core.text.subword.WordPiece;
import java.util.HashMap;
import java.util.Map;

/** The {@code model} of a tokenizer.json. */
final class ModelComponent {

  private ModelComponent() {}

  static SubwordModel read(Field field) {
    if (field.absent()) {
      throw field.expected("the tokenizer's model");
    }
    return switch (type(field)) {
      case "WordPiece" -> wordPiece(field);
      default -> throw field.unknown("the model");
    };
  }

  /** Files of the first versions do not say which it is, and were told by what they hold. */
  private static String type(Field field) {
    if (!field.get("type").absent()) {
      return field.type();
    }
    if (!field.get("merges").absent()) {
      return "BPE";
    }
    if (!field.get("max_input_chars_per_word").absent()) {
      return "WordPiece";
    }
    return field.get("unk_id").absent() ? field.type() : "Unigram";
  }

  private static SubwordModel wordPiece(Field field) {
    return new WordPiece(
        vocabulary(field.get("vocab")),
        field.get("unk_token").text("[UNK]"),
        field.get("continuing_subword_prefix").text("##"),
        field.get("max_input_chars_per_word").number(Integer.MAX_VALUE, 100));
  }

  static Vocabulary vocabulary(Field field) {
    if (field.absent()) {
      throw field.expected("a vocabulary {token: id}");
    }
    Map<String, Integer> ids = new HashMap<>();
    field.forEach((token, id) -> ids.put(token, id.number(TokenizerJson.MOST_IDS)));
    return new Vocabulary(ids);
  }
}
