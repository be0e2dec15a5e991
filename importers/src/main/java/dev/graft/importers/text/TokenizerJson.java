package dev.graft.importers.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.graft.core.text.Padding;
import dev.graft.core.text.Tokenizer;
import dev.graft.core.text.TokenizerParts;
import dev.graft.core.text.special.AddedToken;
import dev.graft.core.text.special.Truncation;
import dev.graft.core.text.subword.SubwordModel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The whole of a {@code tokenizer.json}. Its decoder, which makes text of ids, is not needed. */
final class TokenizerJson {

  /** Ids that a vocabulary may have: gigabytes of embedding. */
  static final int MOST_IDS = 1 << 24;

  private static final List<String> PADDING_TOKENS = List.of("[PAD]", "<pad>", "<|endoftext|>");

  private TokenizerJson() {}

  static Tokenizer read(JsonNode json) {
    Field whole = new Field("", json);
    SubwordModel model = ModelComponent.read(whole.get("model"));
    List<AddedToken> added = added(whole.get("added_tokens"));
    TokenizerParts parts =
        new TokenizerParts(
            NormalizerComponent.read(whole.get("normalizer")),
            PreTokenizerComponent.read(whole.get("pre_tokenizer")),
            model,
            PostProcessorComponent.read(whole.get("post_processor")),
            added,
            truncation(whole.get("truncation")),
            padding(whole.get("padding"), model, added));
    return new Tokenizer(parts);
  }

  private static List<AddedToken> added(Field field) {
    List<AddedToken> tokens = new ArrayList<>();
    if (field.absent()) {
      return tokens;
    }
    for (Field token : field.list()) {
      boolean special = token.get("special").flag(false);
      tokens.add(
          new AddedToken(
              token.get("content").text(),
              token.get("id").number(MOST_IDS),
              token.get("single_word").flag(false),
              token.get("lstrip").flag(false),
              token.get("rstrip").flag(false),
              token.get("normalized").flag(!special),
              special));
    }
    return tokens;
  }

  private static @Nullable Truncation truncation(Field field) {
    if (field.absent()) {
      return null;
    }
    Field strategy = field.get("strategy");
    Field direction = field.get("direction");
    return new Truncation(
        field.get("max_length").number(Integer.MAX_VALUE),
        switch (strategy.text("LongestFirst")) {
          case "LongestFirst" -> Truncation.Strategy.LONGEST_FIRST;
          case "OnlyFirst" -> Truncation.Strategy.ONLY_FIRST;
          case "OnlySecond" -> Truncation.Strategy.ONLY_SECOND;
          default -> throw strategy.expected("LongestFirst, OnlyFirst or OnlySecond");
        },
        switch (direction.text("Right")) {
          case "Right" -> false;
          case "Left" -> true;
          default -> throw direction.expected("Left or Right");
        });
  }

  /** What the file pads with, else the token that is usually there for it, else id 0. */
  private static Padding padding(Field field, SubwordModel model, List<AddedToken> added) {
    if (!field.absent()) {
      return new Padding(
          field.get("pad_id").number(MOST_IDS, 0), field.get("pad_type_id").number(MOST_IDS, 0));
    }
    for (String token : PADDING_TOKENS) {
      for (AddedToken known : added) {
        if (known.content().equals(token)) {
          return new Padding(known.id(), 0);
        }
      }
      Integer id = model.vocabulary().id(token);
      if (id != null) {
        return new Padding(id, 0);
      }
    }
    return new Padding(0, 0);
  }
}
