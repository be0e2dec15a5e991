package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.cli.option.LabelFile;
import dev.graft.core.graph.Model;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Names for a model's outputs: those that would name classes wrongly are refused or told. */
class LabelsTest extends BadInputFixture {

  private static final Path PICTURE = DATA.resolve("val/star/00.png");
  private static final String EIGHT = "a\nb\nc\nd\ne\nf\ng\nh";

  private CommandRun predict(byte[] labels) throws IOException {
    return predict(MODEL, "--labels", file("names.txt", labels));
  }

  private CommandRun predict(String labels) throws IOException {
    return predict(labels.getBytes(StandardCharsets.UTF_8));
  }

  private static CommandRun predict(Path model, Object... more) {
    Object[] start = {"predict", "--model", model, PICTURE, "--top", 8};
    Object[] all = Arrays.copyOf(start, start.length + more.length);
    System.arraycopy(more, 0, all, start.length, more.length);
    return graft(all);
  }

  private static void named(CommandRun command, String... names) {
    assertThat(command.code()).as(command.err()).isZero();
    assertThat(command.err()).isEmpty();
    for (String name : names) {
      assertThat(command.out()).containsPattern("\\s" + name + "\\s");
    }
  }

  @Test
  void anotherNumberOfLabels_isRefusedWithBothCounts() throws IOException {
    refused(predict("a\nb\nc\nd\ne"), "has 5 labels", "the model has 8 outputs");
    refused(predict("a"), "has 1 label,", "8 outputs");
    refused(predict("a\nb\nc\nd\ne\nf\ng"), "has 7 labels", "background");
    refused(predict("name\n" + EIGHT), "has 9 labels", "heading");
  }

  @Test
  void whatIsNoListOfLabels_isRefused() throws IOException {
    refused(predict(""), "names.txt", "is empty");
    refused(predict("\uFEFF\r\n \r\n"), "is empty");
    refused(predict("[\"a\",\n\"b\",\n\"c\",\n\"d\",\n\"e\",\n\"f\",\n\"g\",\n\"h\"]"), "is JSON");
    refused(
        predict("{0: 'a',\n1: 'b',\n2: 'c',\n3: 'd',\n4: 'e',\n5: 'f',\n6: 'g',\n7: 'h'}"),
        "Python");
    refused(predict("a\nb\n\nc\nd\ne\nf\ng"), "line 3 of 8 is blank");
    refused(predict(new byte[] {0, 1, 2, 3}), "is no text");
    refused(predict("K\u00E4fer\n".getBytes(StandardCharsets.ISO_8859_1)), "UTF-8");
    refused(predict(MODEL, "--labels", folder.resolve("none")), "none", "no such file");
    refused(predict(MODEL, "--labels", folder), "it is a folder");
  }

  @Test
  void marksLineEndsAndBlankLinesAtTheEnd_areNoPartOfNames() throws IOException {
    named(predict("\uFEFF" + EIGHT), "a", "h");
    named(predict(EIGHT.replace("\n", "\r\n") + "\r\n"), "a", "h");
    named(predict(EIGHT.replace("\n", "\r")), "a", "h");
    named(predict(EIGHT.replace("\n", " \n\t") + "\n\n \n"), "a", "h");
    named(predict(("\uFEFF" + EIGHT).getBytes(StandardCharsets.UTF_16LE)), "a", "h");
    named(predict(("\uFEFF" + EIGHT).getBytes(StandardCharsets.UTF_16BE)), "a", "h");
    named(predict(EIGHT.replace("a", "[pad]")), "\\[pad]");
  }

  @Test
  void namesOfSeveralOutputs_areTold() throws IOException {
    CommandRun command = predict(EIGHT.replace('h', 'a'));
    assertThat(command.code()).isZero();
    assertThat(command.errors()).containsExactly("note: labels that name more than one output: a");
  }

  /** A copy of the sample model with other labels in it. */
  private Path relabelled(List<String> labels) {
    Model model = ModelReader.read(MODEL);
    Path copy = folder.resolve("copy.onnx");
    ModelWriter.write(model.with(model.metadata().withLabels(labels)), copy);
    return copy;
  }

  @Test
  void labelsOfTheModelThatDoNotFit_areToldAndNotShown() {
    CommandRun command = predict(relabelled(List.of("x", "y", "z")));
    assertThat(command.code()).isZero();
    assertThat(command.errors()).singleElement().asString().contains("own 3 labels", "8 outputs");
    assertThat(command.out()).containsPattern("\\s0\\s").doesNotContainPattern("\\s[xyz]\\s");
  }

  @Test
  void labelsBesideTheModel_nameTheOutputsOfOneWithout() throws IOException {
    Path model = relabelled(List.of());
    assertThat(predict(model).out()).containsPattern("\\s7\\s");
    file("labels.txt", EIGHT.getBytes(StandardCharsets.UTF_8));
    CommandRun command = predict(model);
    assertThat(command.out()).containsPattern("\\sh\\s");
    assertThat(command.errors()).singleElement().asString().contains("labels.txt");
    file("labels.txt", "a\nb".getBytes(StandardCharsets.UTF_8));
    command = predict(model);
    assertThat(command.code()).isZero();
    assertThat(command.out()).containsPattern("\\s7\\s");
    assertThat(command.errors()).singleElement().asString().contains("2 labels", "8 outputs");
  }

  @Test
  void thousandNamesForThousandAndOneOutputs_sayWhatToDo() throws IOException {
    List<String> names = IntStream.range(0, 1000).mapToObj(i -> "class " + i).toList();
    LabelFile file = LabelFile.read(Files.write(folder.resolve("names.txt"), names));
    assertThatThrownBy(() -> file.forOutputs(1001))
        .hasMessageContainingAll("has 1000 labels", "1001 outputs", "put a line \"background\"");
  }
}
