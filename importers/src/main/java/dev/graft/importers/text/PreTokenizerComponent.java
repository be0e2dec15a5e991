package dev.graft.importers.text;

import dev.graft.core.text.split.BertPreTokenizer;
import dev.graft.core.text.split.PreTokenizer;
import java.util.List;

/** The {@code pre_tokenizer} of a tokenizer.json. */
final class PreTokenizerComponent {

  private PreTokenizerComponent() {}

  static PreTokenizer read(Field field) {
    if (field.absent()) {
      return List::of;
    }
    return switch (field.type()) {
      case "BertPreTokenizer" -> BertPreTokenizer.INSTANCE;
      default -> throw field.unknown("the pre-tokenizer");
    };
  }
}
