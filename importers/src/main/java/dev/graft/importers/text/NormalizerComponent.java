package dev.graft.importers.text;

import dev.graft.core.text.normalize.BertNormalizer;
import dev.graft.core.text.normalize.Lowercase;
import dev.graft.core.text.normalize.Normalizer;
import dev.graft.core.text.normalize.UnicodeForm;

/** The {@code normalizer} of a tokenizer.json. */
final class NormalizerComponent {

  private NormalizerComponent() {}

  static Normalizer read(Field field) {
    if (field.absent()) {
      return text -> text;
    }
    return switch (field.type()) {
      case "BertNormalizer" -> bert(field);
      case "Lowercase" -> Lowercase.INSTANCE;
      case "NFC", "NFD", "NFKC", "NFKD" -> UnicodeForm.valueOf(field.type());
      default -> throw field.unknown("the normalizer");
    };
  }

  private static Normalizer bert(Field field) {
    boolean lowercase = field.get("lowercase").flag(true);
    return new BertNormalizer(
        field.get("clean_text").flag(true),
        field.get("handle_chinese_chars").flag(true),
        field.get("strip_accents").flag(lowercase),
        lowercase);
  }
}
