package dev.graft.tests.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.session.text.EncoderSettings;
import dev.graft.core.session.text.Pooling;
import dev.graft.core.session.text.TextEncoder;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.text.EncoderReader;
import dev.graft.importers.text.ImportedEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as sentence-transformers lays them out. */
class EncoderReaderTest {

  @TempDir Path folder;

  @BeforeEach
  void writeModel() throws IOException {
    Files.createDirectories(folder.resolve("onnx"));
    ModelWriter.write(SmallEncoder.model(), folder.resolve("onnx/model.onnx"));
    write("vocab.txt", SmallEncoder.vocabulary());
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private void refused(String... words) {
    assertThatThrownBy(() -> EncoderReader.read(folder))
        .isInstanceOf(ImportException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(words));
  }

  @Test
  void whatTheFilesSay_isTaken() throws IOException {
    write(
        "modules.json",
        """
        [{"path": "", "type": "sentence_transformers.models.Transformer"},
         {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
        """);
    write(
        "1_Pooling/config.json",
        """
        {"word_embedding_dimension": 16, "pooling_mode_cls_token": true,
         "pooling_mode_mean_tokens": false}
        """);
    write("sentence_bert_config.json", "{\"max_seq_length\": 7, \"do_lower_case\": false}");
    write("config_sentence_transformers.json", "{\"prompts\": {\"query\": \"where is \"}}");
    ImportedEncoder read = EncoderReader.read(folder);
    assertThat(read.notes()).isEmpty();
    assertThat(read.settings())
        .isEqualTo(
            new EncoderSettings(Pooling.FIRST, false, 7, Map.of("query", "where is "), null));
    try (TextEncoder encoder = read.open()) {
      assertThat(encoder.maxLength()).isEqualTo(7);
      assertThat(encoder.embed("my card")).hasSize(SmallEncoder.FEATURES);
    }
    assertThat(EncoderReader.read(folder.resolve("onnx/model.onnx")).settings())
        .isEqualTo(read.settings());
  }

  @Test
  void whatTheyLeaveOpen_isAssumedAndTold() {
    ImportedEncoder read = EncoderReader.read(folder);
    assertThat(read.settings().pooling()).isEqualTo(Pooling.MEAN);
    assertThat(read.settings().normalized()).isTrue();
    assertThat(read.notes()).anyMatch(line -> line.contains("modules.json"));
  }

  @Test
  void whatIsNotSupported_isRefusedByName() throws IOException {
    write("modules.json", "[{\"path\": \"2_Dense\", \"type\": \"a.models.Dense\"}]");
    refused("modules.json", "a.models.Dense");
    write("modules.json", "[{\"path\": \"../secret\", \"type\": \"a.models.Pooling\"}]");
    refused("../secret", "leaves the folder");
    write("modules.json", "[{\"path\": \"1_Pooling\", \"type\": \"a.models.Pooling\"}]");
    write("1_Pooling/config.json", "{\"pooling_mode_lasttoken\": true}");
    refused("pooling_mode_lasttoken");
    write("1_Pooling/config.json", "{");
    refused("config.json", "no JSON");
  }

  @Test
  void aFolderWithoutItsParts_saysWhichIsMissing() throws IOException {
    Files.delete(folder.resolve("vocab.txt"));
    refused("tokenizer.json or vocab.txt");
    Files.delete(folder.resolve("onnx/model.onnx"));
    refused("model.onnx", "found 0");
  }
}
