package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many pictures at once, in lines that programs can cut. */
class PredictTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path STARS = Path.of("tests/samples/symbols/val/star");

  @TempDir private Path folder;

  private static CommandRun predict(Object... more) {
    Object[] words = new Object[3 + more.length];
    System.arraycopy(new Object[] {"predict", "--model", MODEL}, 0, words, 0, 3);
    System.arraycopy(more, 0, words, 3, more.length);
    return graft(words);
  }

  @Test
  void folder_isPredictedInTheOrderOfItsPaths_withAnyNumberOfThreads() {
    CommandRun one = predict(STARS, "--threads", 1);
    assertThat(one.code()).as(one.err()).isZero();
    List<String> files = one.out().lines().map(line -> line.split("\t")[0]).toList();
    assertThat(files).isSorted().hasSizeGreaterThan(3).first().isEqualTo(STARS + "/00.png");
    assertThat(predict(STARS, "--threads", 4).out()).isEqualTo(one.out());
    assertThat(predict(files.toArray()).out()).isEqualTo(one.out());
    assertThat(predict(STARS.getParent()).out()).contains(one.out());
  }

  @Test
  void line_isCutByTabs_whateverTheLabels() throws IOException {
    Path labels = folder.resolve("labels.txt");
    Files.writeString(
        labels, "red fox\na\tb\nc\u2028d\nd\ne\nf\ng g g\nh\n", StandardCharsets.UTF_8);
    CommandRun command = predict(STARS, "--labels", labels, "--top", 8);
    assertThat(command.code()).as(command.err()).isZero();
    for (String line : command.out().lines().toList()) {
      String[] cells = line.split("\t");
      assertThat(cells).hasSize(17);
      for (int i = 1; i < cells.length; i += 2) {
        assertThat(List.of("red fox", "a b", "c d", "d", "e", "f", "g g g", "h"))
            .contains(cells[i]);
        assertThat(cells[i + 1]).matches("[0-9.]+%");
      }
    }
  }

  @Test
  void pictureThatCannotBeRead_isTold_andTheOthersArePredicted() throws IOException {
    Path pictures = Files.createDirectory(folder.resolve("pictures"));
    Files.copy(STARS.resolve("00.png"), pictures.resolve("a.png"));
    Files.writeString(pictures.resolve("b.png"), "no picture");
    Files.copy(STARS.resolve("01.png"), pictures.resolve("c.png"));
    CommandRun command = predict(pictures, folder.resolve("none.png"));
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.out().lines()).hasSize(2);
    assertThat(command.errors()).hasSize(2).allMatch(line -> line.startsWith("error: "));
    assertThat(command.err()).contains("b.png", "none.png does not exist");
  }

  @Test
  void folderWithoutPictures_isRefused() {
    CommandRun command = predict(folder);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.err()).startsWith("error: ").contains("holds no pictures");
  }
}
