package dev.graft.importers.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.text.Encoding;
import dev.graft.core.text.TextException;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.ImportException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TokenizerReaderTest {

  private static final String VOCABULARY = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nhello\nwor\n##ld\n";

  private static final String BYTES =
      "{'model': {'type': 'BPE', 'byte_fallback': true, 'unk_token': '?',"
          + " 'vocab': {'?': 0, 'a': 1, 'b': 2, 'ab': 3, '<0xC3>': 4, '<0xA9>': 5},"
          + " 'merges': %s}}";

  @Test
  void vocabularyFile_isBertsTokenizer() {
    Tokenizer tokenizer = read(VOCABULARY);
    Encoding encoding = tokenizer.encode("Hello WORLD, x");
    assertThat(encoding.ids()).containsExactly(2, 5, 6, 7, 1, 1, 3);
    assertThat(encoding.mask()).containsOnly(1);
    assertThat(tokenizer.encode("hello", "world").typeIds()).containsExactly(0, 0, 0, 1, 1, 1);
    assertThat(tokenizer.vocabularySize()).isEqualTo(8);
  }

  @Test
  void longText_isCutAndSaysByHowMuch() {
    Encoding cut = read(VOCABULARY).withMaxLength(4).encode("hello hello hello hello hello");
    assertThat(cut.ids()).containsExactly(2, 5, 5, 3);
    assertThat(cut.dropped()).isEqualTo(3);
    assertThat(cut.padded(6, read(VOCABULARY).padding()).mask()).containsExactly(1, 1, 1, 1, 0, 0);
  }

  @Test
  void emptyText_isItsSpecialTokens() {
    assertThat(read(VOCABULARY).encode("").ids()).containsExactly(2, 3);
  }

  @Test
  void boundWithoutRoom_isRefused() {
    assertThatThrownBy(() -> read(VOCABULARY).withMaxLength(1).encode("hello"))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("truncation to 1 tokens leaves no room for the 2");
  }

  @Test
  void merges_areReadInBothForms() {
    int[] old = json(BYTES.formatted("['a b']")).encode("abé").ids();
    assertThat(old).containsExactly(3, 4, 5);
    assertThat(json(BYTES.formatted("[['a', 'b']]")).encode("abé").ids()).isEqualTo(old);
  }

  @Test
  void tokenBesideItsBytes_isUnknown() {
    assertThat(json(BYTES.formatted("[]")).encode("aü").ids()).containsExactly(1, 0);
  }

  @Test
  void unknownComponents_areRefusedByName() {
    assertRefused("{'model': {'type': 'WordLevel'}}", "model: the model WordLevel is not known");
    assertRefused(
        "{'model': "
            + model()
            + ", 'normalizer': {'type': 'Sequence', 'normalizers':"
            + " [{'type': 'Lowercase'}, {'type': 'Mystery'}]}}",
        "normalizer.normalizers[1]: the normalizer Mystery is not known");
    assertRefused(
        "{'model': " + model() + ", 'pre_tokenizer': {'type': 'UnicodeScripts'}}",
        "pre_tokenizer: the pre-tokenizer UnicodeScripts is not known");
    assertRefused(
        "{'model': " + model() + ", 'post_processor': {'type': 'Mystery'}}",
        "post_processor: the post-processor Mystery is not known");
  }

  @Test
  void damagedFiles_sayWhere() {
    assertRefused("{'model': {'type': 'BPE', 'vocab': {'a': -1}, 'merges': []}}", "model.vocab.a");
    assertRefused(
        "{'model': {'type': 'BPE', 'vocab': {'a': 0}, 'merges': ['a b']}}",
        "the right side of merge 0, b, is not in the vocabulary");
    assertRefused(
        "{'model': {'type': 'Unigram', 'unk_id': 0, 'vocab': [['a']]}}", "model.vocab[0]");
    assertRefused("{'model': {'type': 'BPE', 'vocab': {}, 'dropout': 0.1}}", "model.dropout");
    assertRefused("{}", "model: expected the tokenizer's model, found nothing");
    assertRefused("{'model': ", "no valid JSON");
    assertRefused("[]", "expected a JSON object");
    assertRefused(
        "{'model': "
            + model()
            + ", 'normalizer': {'type': 'Precompiled',"
            + " 'precompiled_charsmap': '/////w=='}}",
        "Precompiled: expected a table");
  }

  /** No file may keep a processor busy for ever. */
  @Test
  void patternThatTriesTooManyWays_isStopped() {
    Tokenizer tokenizer =
        json(
            "{'model': "
                + model()
                + ", 'pre_tokenizer': {'type': 'Split', 'behavior': 'Removed',"
                + " 'pattern': {'Regex': '(x*)(x*)(x*)(x*)(x*)y'}}}");
    assertThatThrownBy(() -> tokenizer.encode("x".repeat(60)))
        .isInstanceOf(TextException.class)
        .hasMessageContaining("tries too many ways");
  }

  private static String model() {
    return "{'type': 'WordPiece', 'vocab': {'[UNK]': 0}}";
  }

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> json(json))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(message);
  }

  private static Tokenizer json(String json) {
    return read(json.replace('\'', '"'));
  }

  private static Tokenizer read(String content) {
    return TokenizerReader.read(content.getBytes(StandardCharsets.UTF_8));
  }
}
