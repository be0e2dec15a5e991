package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.onnx.operator.NodeWriter;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TypeProto;
import dev.graft.importers.onnx.proto.ValueInfoProto;
import dev.graft.importers.onnx.recorded.Outcome;
import dev.graft.importers.onnx.recorded.Outcome.Status;
import dev.graft.importers.onnx.recorded.RecordedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models beside what was recorded of them: agreement, difference, and what is not supported. */
class RecordedModelTest {

  @TempDir private Path folder;

  private static Tensor vector(float... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  /** A model on x [3] with one recorded run. */
  private void record(String name, OnnxFile file, Tensor input, Tensor output) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
    ValueInfoProto.Builder typed = ValueInfoProto.newBuilder().setName("y");
    typed.setType(
        TypeProto.newBuilder()
            .setTensorType(
                TypeProto.Tensor.newBuilder().setElemType(TensorProto.DataType.FLOAT.getNumber())));
    var proto = file.output("y").proto().toBuilder();
    proto.getGraphBuilder().clearOutput().addOutput(typed);
    Files.write(folder.resolve(name).resolve("model.onnx"), proto.build().toByteArray());
    write(input, data.resolve("input_0.pb"));
    write(output, data.resolve("output_0.pb"));
  }

  private static void write(Tensor tensor, Path file) throws IOException {
    Files.write(file, NodeWriter.tensor("", tensor).toByteArray());
  }

  private static OnnxFile file() {
    return new OnnxFile(13).input("x", 3);
  }

  private List<Outcome> verified() {
    try (JavaBackend backend = new JavaBackend(1)) {
      return RecordedModel.find(folder).stream().map(model -> model.verify(backend)).toList();
    }
  }

  @Test
  void eachModel_agrees_differsAtAPlace_orIsRefusedByName() throws IOException {
    OnnxFile same = file();
    same.named("y", "Relu", "x");
    record("same", same, vector(-1, 2, 3), vector(0, 2, 3));
    OnnxFile other = file();
    other.named("y", "Relu", "x");
    record("other", other, vector(-1, 2, 3), vector(0, 2, 3.5f));
    OnnxFile unknown = file();
    unknown.named("y", "Unheard", "x");
    record("unknown", unknown, vector(1, 2, 3), vector(1, 2, 3));
    List<Outcome> outcomes = verified();
    assertThat(outcomes).extracting(Outcome::name).containsExactly("other", "same", "unknown");
    assertThat(outcomes)
        .extracting(Outcome::status)
        .containsExactly(Status.FAILED, Status.PASSED, Status.UNSUPPORTED);
    assertThat(outcomes.get(0).reason()).contains("test_data_set_0", "y", "3.0 at place 2", "3.5");
    assertThat(outcomes.get(2).reason()).contains("Unheard");
  }

  @Test
  void ofValuesBetween_theFirstThatDiffers_isNamedWithItsNode() throws IOException {
    OnnxFile file = file();
    file.named("a", "Abs", "x");
    file.named("b", "Sqrt", "a");
    file.named("y", "Neg", "b");
    record("chain", file, vector(-4, 9, 16), vector(-2, -3, -5));
    Path data = folder.resolve("chain").resolve("test_data_set_0");
    Files.write(data.resolve("one.pb"), NodeWriter.tensor("b", vector(2, 3, 5)).toByteArray());
    Files.write(data.resolve("two.pb"), NodeWriter.tensor("a", vector(4, 9, 16)).toByteArray());
    assertThat(verified().get(0).reason())
        .contains("y has -4.0 at place 2, recorded is -5.0")
        .contains("b, of the node (Sqrt), is the first to differ: it has 4.0 at place 2");
    Files.write(data.resolve("one.pb"), NodeWriter.tensor("b", vector(2, 3, 4)).toByteArray());
    assertThat(verified().get(0).reason()).endsWith("; the 2 recorded values before it agree");
    Files.write(data.resolve("one.pb"), NodeWriter.tensor("c", vector(2, 3, 4)).toByteArray());
    assertThat(verified().get(0).reason()).contains("tensor named 'c', which no node computes");
  }

  @Test
  void aShape_thatTheFileWantsFed_isPartOfTheModel() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", 3).input("bound", 1);
    file.named("y", "Clip", "x", "bound");
    record("clip", file, vector(-1, 2, 3), vector(1, 2, 3));
    write(
        Tensor.of(Shape.SCALAR, 1),
        folder.resolve("clip").resolve("test_data_set_0").resolve("input_1.pb"));
    assertThat(verified()).extracting(Outcome::status).containsExactly(Status.PASSED);
  }

  @Test
  void aModelInTheLightForm_isFedCountingNumbers() throws IOException {
    OnnxFile file = file();
    file.named("y", "Neg", "x");
    var proto = file.output("y").proto().toBuilder();
    proto
        .getGraphBuilder()
        .getOutputBuilder(0)
        .setType(TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder()));
    Files.write(folder.resolve("light_negative.onnx"), proto.build().toByteArray());
    write(vector(0, -1 / 3f, -2 / 3f), folder.resolve("light_negative_output_0.pb"));
    assertThat(verified()).extracting(Outcome::status).containsExactly(Status.PASSED);
  }

  @Test
  void aFolderWithoutAModel_isRefused() {
    assertThatThrownBy(this::verified)
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("test_data_set_0");
  }
}
