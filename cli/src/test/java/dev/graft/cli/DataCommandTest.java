package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures looked at before training, and what is left out of it. */
class DataCommandTest {

  private static final Path MODEL = Path.of("tests/samples/shapes.onnx");
  private static final Path DATA = Path.of("tests/samples/symbols");

  @TempDir private Path folder;

  /** The samples, which lie in train/ and val/. */
  private Path copied() throws IOException {
    Path data = folder.resolve("data");
    try (Stream<Path> files = Files.walk(DATA)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = data.resolve(DATA.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
    return data;
  }

  private static JsonNode json(Object... words) throws IOException {
    Object[] all = Arrays.copyOf(words, words.length + 1);
    all[words.length] = "--json";
    CommandRun command = graft(all);
    assertThat(command.code()).as(command.err()).isZero();
    return new ObjectMapper().readTree(command.out());
  }

  private static void truncate(Path file) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 60));
  }

  @Test
  void faults_areFound_listed_andLeftOutOfTraining() throws IOException {
    Path data = copied();
    truncate(data.resolve("train/moon/03.png"));
    Files.copy(data.resolve("train/star/05.png"), data.resolve("val/star/again, \"twice\".png"));
    Files.copy(data.resolve("val/heart/01.png"), data.resolve("val/moon/<b>.png"));
    Path list = folder.resolve("lists/leave out.csv");
    Path page = folder.resolve("data.html");
    JsonNode found =
        json("data", data, "--model", MODEL, "--fix", list, "--html", page, "--augment", "flip");
    String html = Files.readString(page);
    assertThat(html)
        .contains("train/moon/03.png", "Labels that are likely wrong", "&lt;b&gt;.png")
        .contains("The same picture more than once", "As the network receives them")
        .doesNotContain("<b>", "http:", "https:", "<script");
    String received = html.substring(html.indexOf("As the network receives them"));
    assertThat(received.split("<img ")).hasSizeBetween(16, 17);
    assertThat(Files.size(page)).isLessThan(2 << 20);
    assertThat(found.get("pictures").asInt()).isEqualTo(182);
    assertThat(found.get("unreadable")).hasSize(1);
    assertThat(found.get("unreadable").get(0).get("file").asText()).isEqualTo("train/moon/03.png");
    assertThat(found.get("duplicates").toString())
        .contains("[\"train/star/05.png\",\"val/star/again, \\\"twice\\\".png\"]")
        .contains("[\"val/heart/01.png\",\"val/moon/<b>.png\"]");
    assertThat(found.get("leaks").toString()).contains("train/star/05.png").doesNotContain("<b>");
    assertThat(found.get("conflicts").toString()).contains("<b>").doesNotContain("star/05");
    assertThat(found.get("classes").get(2).get("class").asText()).isEqualTo("moon");
    assertThat(found.get("classes").get(2).get("training").asInt()).isEqualTo(19);
    List<String> lines = Files.readAllLines(list);
    assertThat(lines.get(0)).isEqualTo("file,problem,label,suggested,confidence");
    assertThat(lines)
        .contains(
            "train/moon/03.png,unreadable,moon,,",
            "train/star/05.png,duplicate,star,,",
            "val/heart/01.png,conflict,heart,,",
            "val/moon/<b>.png,conflict,moon,,");
    CommandRun train =
        graft(
            "train",
            "--model",
            MODEL,
            "--data",
            data,
            "--exclude",
            list,
            "--out",
            folder.resolve("run"),
            "--recipe",
            "head",
            "--epochs",
            1);
    assertThat(train.code()).as(train.err()).isZero();
    assertThat(train.out()).contains("note: excluded " + (lines.size() - 1) + " pictures");
    assertThat(train.err()).doesNotContain("skipped");
    assertThat(data.resolve("train/moon/03.png")).exists();
    // What is left has none of it.
    JsonNode report =
        new ObjectMapper().readTree(Files.readString(folder.resolve("run/report.json")));
    assertThat(report.get("exclude").get(0).asText()).isEqualTo(list.toString());
  }

  @Test
  void theTable_fitsATerminal_andNamesWhatItMeans() throws IOException {
    Path data = copied();
    truncate(data.resolve("train/moon/03.png"));
    CommandRun command = graft("data", data, "--model", MODEL);
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(command.out())
        .contains("180 pictures, 1 of them unreadable", "train/moon/03.png is ")
        .contains("labels that are likely wrong", "class", "training", "usual size");
  }

  @Test
  void withoutAModel_labelsAreNotLookedAt_andItSaysSo() throws IOException {
    JsonNode found = json("data", DATA);
    assertThat(found.get("suspectLabels")).isEmpty();
    assertThat(found.get("notes").toString()).contains("labels were not looked at", "--model");
    assertThat(found.get("input").get("medianWidth").asDouble()).isPositive();
    assertThat(found.get("input").has("enlarged")).isFalse();
  }

  @Test
  void onePictureAClass_isTooFewToJudgeLabelsBy() throws IOException {
    Path data = folder.resolve("few");
    for (String name : List.of("arrow", "heart", "moon")) {
      Files.createDirectories(data.resolve(name));
      Files.copy(
          DATA.resolve("train").resolve(name).resolve("00.png"), data.resolve(name + "/0.png"));
    }
    JsonNode found = json("data", data, "--model", MODEL);
    assertThat(found.get("suspectLabels")).isEmpty();
    assertThat(found.get("notes").toString()).contains("3 of 3 classes have fewer than 5");
    assertThat(found.get("classes").get(0).get("tooFew").asBoolean()).isTrue();
  }

  @Test
  void picturesThatCannotBeReadAtAll_areOneLine() throws IOException {
    Path data = folder.resolve("broken");
    for (String name : List.of("a", "b")) {
      Files.createDirectories(data.resolve(name));
      Files.writeString(data.resolve(name + "/0.png"), "no picture");
    }
    CommandRun command = graft("data", data);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err())
        .startsWith("error: none of 2 pictures could be read; the first: a/0.png");
  }

  private String refused(Path list) {
    CommandRun command =
        graft(
            "train",
            "--model",
            MODEL,
            "--data",
            DATA,
            "--exclude",
            list,
            "--out",
            folder.resolve("run"));
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(folder.resolve("run")).doesNotExist();
    return command.err();
  }

  @Test
  void listsThatCannotBeFollowed_areRefused() throws IOException {
    assertThat(refused(folder.resolve("absent.csv"))).contains("absent.csv", "cannot be read");
    Path list = folder.resolve("list.csv");
    Files.writeString(list, "picture;problem\ntrain/moon/00.png;label\n");
    assertThat(refused(list)).contains("a column 'file', separated by commas", "picture;problem");
    Files.writeString(list, "");
    assertThat(refused(list)).contains("found nothing");
    Files.writeString(list, "file\n\"train/moon/00.png\n");
    assertThat(refused(list)).contains("row 2", "quote is not closed");
    Files.writeString(list, "file\nmoon/00.png\n");
    assertThat(refused(list))
        .contains("none of the 1 files to exclude", "train/arrow/00.png", "found moon/00.png");
    StringBuilder all = new StringBuilder("\uFEFFfile\r\n");
    for (int i = 0; i < 20; i++) {
      all.append(String.format("train/moon/%02d.png,%n", i));
    }
    Files.writeString(list, all);
    assertThat(refused(list)).contains("nothing to learn from is left of the class moon");
  }

  @Test
  void aListThatCannotBeWritten_isOneLine() {
    CommandRun command = graft("data", DATA, "--fix", folder);
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors()).hasSize(1);
    assertThat(command.err()).contains("is a folder; give the name of a file");
  }

  @Test
  void preprocessWithoutAModel_isRefused() {
    CommandRun command = graft("data", DATA, "--preprocess", "tf");
    assertThat(command.err()).contains("--preprocess says how a model is fed and wants --model");
  }
}
