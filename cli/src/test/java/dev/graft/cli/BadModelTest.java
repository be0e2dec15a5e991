package dev.graft.cli;

import static dev.graft.cli.CommandRun.graft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Model files, and what says how their input is made, that are not what they should be. */
class BadModelTest extends BadInputFixture {

  @Test
  void truncatedModel_isNamed() throws IOException {
    byte[] whole = Files.readAllBytes(MODEL);
    Path cut = file("cut.onnx", Arrays.copyOf(whole, whole.length / 2));
    refused(train(cut, DATA), "cut.onnx", "truncated");
    refused(graft("inspect", cut), "cut.onnx", "truncated");
  }

  @Test
  void emptyForeignOrMissingModel_isNamed() throws IOException {
    refused(train(file("empty.onnx"), DATA), "empty.onnx", "is empty");
    refused(train(file("text.onnx", "hello".getBytes()), DATA), "text.onnx", "text file");
    refused(train(folder.resolve("none.onnx"), DATA), "none.onnx", "no such file");
    refused(train(folder, DATA), "is a folder");
  }

  @Test
  void modelThatDoesNotSayItsPreprocessing_listsTheNames() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.flatten(g.input("image", Shape.of(1, 32, 32)));
    Model silent = g.build(g.linear("fc", x, 4));
    Path file = folder.resolve("silent.onnx");
    ModelWriter.write(silent, file);
    refused(train(file, DATA), "--preprocess", "imagenet, tf, caffe, unit, none");
    refused(train(file, DATA, "--preprocess", "magic"), "unknown preprocessing magic");
    refused(train(file, DATA, "--preprocess", "imagenet"), "1 channel", "use unit");
  }

  @Test
  void preprocessingFileWithAnUnknownField_isNamed() throws IOException {
    Path json = folder.resolve("p.json");
    Files.writeString(json, "{\"hight\": 3}");
    refused(train(MODEL, DATA, "--preprocess", json), "p.json", "hight");
  }

  /** The sample with every occurrence of a name replaced by one of the same length. */
  private Path patched(String name, String from, String to) throws IOException {
    String bytes = Files.readString(MODEL, StandardCharsets.ISO_8859_1);
    assertThat(bytes).contains(from);
    assertThat(to).hasSameSizeAs(from);
    Path file = folder.resolve(name);
    return Files.writeString(file, bytes.replace(from, to), StandardCharsets.ISO_8859_1);
  }

  @Test
  void operatorThatIsNotKnown_isNamedWithItsNodeItsOpsetAndWhatToDo() throws IOException {
    Path strange = patched("strange.onnx", "GlobalAveragePool", "GlobalStrangePool");
    refused(
        train(strange, DATA), "strange.onnx", "GlobalStrangePool", "globalaveragepool1", "opset");
    refused(graft("inspect", strange), "GlobalStrangePool");
    // Nothing is promised of another exporter where none is known to help.
    assertThat(graft("inspect", strange).err())
        .contains("not supported yet")
        .doesNotContainIgnoringCase("export again");
  }

  @Test
  void missingExternalData_isNamed() throws IOException {
    // ModelProto { ir_version, opset_import { 13 }, graph { initializer { … external } } }
    byte[] entry = message(field(1, "location"), field(2, "far.bin"));
    byte[] tensor =
        message(
            new byte[] {8, 2},
            new byte[] {16, 1},
            field(8, "w"),
            field(13, entry),
            new byte[] {14 << 3, 1});
    byte[] node = message(field(1, "w"), field(2, "y"), field(3, "same"), field(4, "Identity"));
    byte[] graph =
        message(field(1, node), field(2, "g"), field(5, tensor), field(12, field(1, "y")));
    Path file =
        file(
            "far.onnx", message(new byte[] {8, 8}, field(7, graph), field(8, new byte[] {16, 13})));
    refused(graft("inspect", file), "far.onnx", "far.bin");
    refused(train(file, DATA), "far.bin");
  }

  private static byte[] field(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A length-delimited field of protobuf; short ones only. */
  private static byte[] field(int number, byte[] contents) {
    return message(new byte[] {(byte) (number << 3 | 2), (byte) contents.length}, contents);
  }

  private static byte[] message(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void weightOfAnotherShape_isNamedWithItsLayer() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    g.weight("matrix", Tensor.zeros(Shape.of(5, 4)));
    String x = g.input("vector", Shape.of(5));
    Model model = g.build(g.node("layer", new MatMul(), x, "matrix"));
    Path whole = folder.resolve("whole.onnx");
    ModelWriter.write(model, whole);
    // The dimensions 5, 4 of the initializer; 4, 5 have as many elements.
    String bytes = Files.readString(whole, StandardCharsets.ISO_8859_1);
    String from = "\b\5\b\4";
    assertThat(bytes).contains(from);
    Path file = folder.resolve("turned.onnx");
    Files.writeString(file, bytes.replace(from, "\b\4\b\5"), StandardCharsets.ISO_8859_1);
    refused(graft("inspect", file), "layer (MatMul", "5 features", "[4,5]");
  }

  @Test
  void stackTrace_isShownWhereAskedFor() {
    CommandRun command = graft("inspect", folder.resolve("none.onnx"), "--stacktrace");
    assertThat(command.code()).isEqualTo(1);
    assertThat(command.errors().get(0)).startsWith("error: ");
    assertThat(command.err()).contains("\tat dev.graft");
  }
}
