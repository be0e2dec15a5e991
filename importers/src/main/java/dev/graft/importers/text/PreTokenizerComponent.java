package dev.graft.importers.text;

import dev.graft.core.text.split.BertPreTokenizer;
import dev.graft.core.text.split.ByteLevel;
import dev.graft.core.text.split.CharacterSplit;
import dev.graft.core.text.split.Delimiters;
import dev.graft.core.text.split.Metaspace;
import dev.graft.core.text.split.PatternSplit;
import dev.graft.core.text.split.PreTokenizer;
import dev.graft.core.text.split.PreTokenizers;
import dev.graft.core.text.split.Words;
import java.util.List;

/** The {@code pre_tokenizer} of a tokenizer.json. */
final class PreTokenizerComponent {

  private PreTokenizerComponent() {}

  static PreTokenizer read(Field field) {
    if (field.absent()) {
      return List::of;
    }
    return switch (field.type()) {
      case "Sequence" ->
          new PreTokenizers(
              field.get("pretokenizers").list().stream().map(PreTokenizerComponent::read).toList());
      case "BertPreTokenizer" -> BertPreTokenizer.INSTANCE;
      case "ByteLevel" ->
          new ByteLevel(
              field.get("add_prefix_space").flag(true), field.get("use_regex").flag(true));
      case "Metaspace" -> metaspace(field);
      case "Whitespace" -> Words.INSTANCE;
      case "WhitespaceSplit" -> CharacterSplit.WHITE_SPACE;
      case "Punctuation" ->
          CharacterSplit.punctuation(delimiters(field.get("behavior"), "Isolated"));
      case "Digits" -> CharacterSplit.digits(field.get("individual_digits").flag(false));
      case "CharDelimiterSplit" -> delimiter(character(field.get("delimiter")));
      case "Split" ->
          new PatternSplit(
              PatternField.read(field.get("pattern")),
              delimiters(field.get("behavior"), ""),
              field.get("invert").flag(false));
      default -> throw field.unknown("the pre-tokenizer");
    };
  }

  private static PreTokenizer delimiter(int character) {
    return new CharacterSplit(c -> c == character, Delimiters.REMOVED);
  }

  /** Files before 2024 say whether a space is put in front, later ones where. */
  private static PreTokenizer metaspace(Field field) {
    Field scheme = field.get("prepend_scheme");
    boolean prefix = field.get("add_prefix_space").flag(true);
    Metaspace.Prepend prepend =
        switch (scheme.text(prefix ? "always" : "never")) {
          case "always" -> Metaspace.Prepend.ALWAYS;
          case "first" -> Metaspace.Prepend.FIRST;
          case "never" -> Metaspace.Prepend.NEVER;
          default -> throw scheme.expected("always, first or never");
        };
    Field replacement = field.get("replacement");
    int character = replacement.absent() ? '▁' : character(replacement);
    return new Metaspace(character, prepend, field.get("split").flag(true));
  }

  private static int character(Field field) {
    String text = field.text();
    if (text.codePointCount(0, text.length()) != 1) {
      throw field.expected("one character");
    }
    return text.codePointAt(0);
  }

  private static Delimiters delimiters(Field field, String otherwise) {
    return switch (field.text(otherwise)) {
      case "Removed" -> Delimiters.REMOVED;
      case "Isolated" -> Delimiters.ISOLATED;
      case "MergedWithPrevious" -> Delimiters.MERGED_WITH_PREVIOUS;
      case "MergedWithNext" -> Delimiters.MERGED_WITH_NEXT;
      case "Contiguous" -> Delimiters.CONTIGUOUS;
      default ->
          throw field.expected(
              "Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous");
    };
  }
}
