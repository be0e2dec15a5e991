package dev.graft.importers.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.text.Texts;
import dev.graft.importers.ImportException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTableTest {

  @TempDir private Path folder;

  @Test
  void quotesAndLineBreaks_belongToTheText() throws IOException {
    Texts texts = read("\uFEFFid,Text,Category\n1,\"a \"\"b\"\",\nc\",two\n2,d,one\n");
    assertThat(texts.classes()).containsExactly("one", "two");
    assertThat(texts.text(0)).isEqualTo("a \"b\",\nc");
    assertThat(texts.label(0)).isEqualTo(1);
    assertThat(texts.name(1)).isEqualTo("texts.csv line 4");
  }

  @Test
  void columnsOfOtherNames_areTheFirstTwo() throws IOException {
    assertThat(read("question,intent\nwhy,ask\n").text(0)).isEqualTo("why");
  }

  @Test
  void missingColumns_areToldWithTheirLine() {
    assertThatThrownBy(() -> read("text,label\na,b\n\"c\nd\"\n"))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(
            "texts.csv line 3: expected the column label, number 2, found 1 column");
    assertThatThrownBy(() -> read("text,label\na,\n"))
        .hasMessageContaining("line 2: expected a class");
    assertThatThrownBy(() -> read("text\na\n"))
        .hasMessageContaining("expected the columns text and");
    assertThatThrownBy(() -> read("")).hasMessageContaining("names of columns, found nothing");
  }

  @Test
  void otherBytes_areNoText() throws IOException {
    Path file = folder.resolve("latin.csv");
    Files.write(file, "text,label\ncaf\u00e9,a\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> TextTable.read(file)).hasMessageContaining("expected text in UTF-8");
  }

  @Test
  void classFolders_holdATextAFile() throws IOException {
    Files.createDirectories(folder.resolve("set/good"));
    Files.createDirectories(folder.resolve("set/bad"));
    Files.writeString(folder.resolve("set/good/1.txt"), "fine");
    Files.writeString(folder.resolve("set/bad/1.txt"), "poor");
    Texts texts = TextFolder.read(folder.resolve("set"));
    assertThat(texts.classes()).containsExactly("bad", "good");
    assertThat(texts.text(1)).isEqualTo("fine");
  }

  private Texts read(String content) throws IOException {
    Path file = folder.resolve("texts.csv");
    Files.writeString(file, content);
    return TextTable.read(file);
  }
}
