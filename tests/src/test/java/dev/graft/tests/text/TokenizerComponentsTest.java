package dev.graft.tests.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.core.text.Tokenizer;
import dev.graft.importers.text.TokenizerReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each component alone against Hugging Face's, see tests/golden/text_components.py. */
class TokenizerComponentsTest {

  private static final String FILE = "/golden/tokenizers/components.jsonl";

  @TestFactory
  Stream<DynamicTest> components_doWhatThoseOfHuggingFaceDo() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(TokenizerComponentsTest.class.getResourceAsStream(FILE))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        lines.add(json.readTree(line));
      }
    }
    JsonNode model = lines.remove(lines.size() - 1).get("model");
    return lines.stream()
        .map(
            line ->
                DynamicTest.dynamicTest(
                    line.get("tokenizer").toString(),
                    () ->
                        assertThat(checksum(line.get("tokenizer"), model))
                            .isEqualTo(line.get("crc").asText())));
  }

  private static String checksum(JsonNode configuration, JsonNode model) {
    ObjectNode whole = configuration.deepCopy();
    whole.set("model", model);
    Tokenizer tokenizer = TokenizerReader.read(whole.toString().getBytes(StandardCharsets.UTF_8));
    CRC32 all = new CRC32();
    for (int number = 3; number < 303; number++) {
      CRC32 one = new CRC32();
      for (int id : tokenizer.encode(HardTexts.of(number)).ids()) {
        one.update(bytes(id));
      }
      all.update(bytes((int) one.getValue()));
    }
    return String.format("%08x", all.getValue());
  }

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array();
  }
}
