package dev.graft.importers.text;

import dev.graft.core.text.subword.Bpe;
import dev.graft.core.text.subword.Merge;
import dev.graft.core.text.subword.SubwordModel;
import dev.graft.core.text.subword.Unigram;
import dev.graft.core.text.subword.Vocabulary;
import dev.graft.core.text.subword.WordPiece;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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
      case "BPE" -> bpe(field);
      case "Unigram" -> unigram(field);
      default -> throw field.unknown("the model");
    };
  }

  /** Files of the first versions do not say which it is, and are told by what they hold. */
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

  private static Vocabulary vocabulary(Field field) {
    if (field.absent()) {
      throw field.expected("a vocabulary {token: id}");
    }
    Map<String, Integer> ids = new HashMap<>();
    field.forEach((token, id) -> ids.put(token, id.number(TokenizerJson.MOST_IDS)));
    return new Vocabulary(ids);
  }

  private static SubwordModel bpe(Field field) {
    Field dropout = field.get("dropout");
    if (!dropout.absent() && dropout.real() != 0) {
      throw dropout.expected("no dropout: it draws ids at random, and is for training alone");
    }
    Field unknown = field.get("unk_token");
    return new Bpe(
        vocabulary(field.get("vocab")),
        field.get("merges").list().stream().map(ModelComponent::merge).toList(),
        new Bpe.Options(
            unknown.absent() ? null : unknown.text(),
            field.get("continuing_subword_prefix").text(""),
            field.get("end_of_word_suffix").text(""),
            field.get("fuse_unk").flag(false),
            field.get("byte_fallback").flag(false),
            field.get("ignore_merges").flag(false)));
  }

  /** {@code ["a", "b"]}, or {@code "a b"} in files before 2024. */
  private static Merge merge(Field field) {
    if (field.isText()) {
      String[] sides = field.text().split(" ", -1);
      if (sides.length != 2) {
        throw field.expected("two tokens with a space between them");
      }
      return new Merge(sides[0], sides[1]);
    }
    List<Field> sides = field.list(2);
    return new Merge(sides.get(0).text(), sides.get(1).text());
  }

  private static SubwordModel unigram(Field field) {
    List<Unigram.Entry> entries = new ArrayList<>();
    for (Field entry : field.get("vocab").list()) {
      List<Field> parts = entry.list(2);
      entries.add(new Unigram.Entry(parts.get(0).text(), parts.get(1).real()));
    }
    Field unknown = field.get("unk_id");
    return new Unigram(
        entries,
        unknown.absent() ? null : unknown.number(TokenizerJson.MOST_IDS),
        field.get("byte_fallback").flag(false));
  }
}
