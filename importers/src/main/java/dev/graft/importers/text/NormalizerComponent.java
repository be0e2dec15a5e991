package dev.graft.importers.text;

import dev.graft.core.text.normalize.BertNormalizer;
import dev.graft.core.text.normalize.CharacterMap;
import dev.graft.core.text.normalize.Lowercase;
import dev.graft.core.text.normalize.Normalizer;
import dev.graft.core.text.normalize.Normalizers;
import dev.graft.core.text.normalize.Precompiled;
import dev.graft.core.text.normalize.Strip;
import dev.graft.core.text.normalize.UnicodeForm;
import dev.graft.core.text.split.ByteAlphabet;
import dev.graft.core.text.split.UnicodePattern;
import java.util.Base64;

/** The {@code normalizer} of a tokenizer.json. */
final class NormalizerComponent {

  private NormalizerComponent() {}

  static Normalizer read(Field field) {
    if (field.absent()) {
      return text -> text;
    }
    return switch (field.type()) {
      case "Sequence" ->
          new Normalizers(
              field.get("normalizers").list().stream().map(NormalizerComponent::read).toList());
      case "BertNormalizer" -> bert(field);
      case "Lowercase" -> Lowercase.INSTANCE;
      case "NFC", "NFD", "NFKC", "NFKD" -> UnicodeForm.valueOf(field.type());
      case "Nmt" -> CharacterMap.NMT;
      case "StripAccents" -> CharacterMap.STRIP_ACCENTS;
      case "Strip" ->
          new Strip(field.get("strip_left").flag(true), field.get("strip_right").flag(true));
      case "Prepend" -> prepend(field.get("prepend").text());
      case "Replace" -> replace(field);
      case "Precompiled" -> precompiled(field.get("precompiled_charsmap"));
      case "ByteLevel" -> ByteAlphabet::of;
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

  /** Nothing is put in front of nothing. */
  private static Normalizer prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  private static Normalizer replace(Field field) {
    UnicodePattern pattern = PatternField.read(field.get("pattern"));
    String content = field.get("content").text();
    return text -> pattern.replaced(text, content);
  }

  private static Normalizer precompiled(Field field) {
    if (field.absent() || field.text().isEmpty()) {
      return text -> text;
    }
    try {
      return new Precompiled(Base64.getDecoder().decode(field.text()));
    } catch (IllegalArgumentException e) {
      throw field.expected("base64");
    }
  }
}
