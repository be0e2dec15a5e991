package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.onnx.proto.ModelProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written is read again as it was. */
class EveryOperatorTest {

  @TempDir private Path folder;

  /** As the file has it: rewrites come later. */
  private Model again(Model model) throws IOException {
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(model, file);
    return OnnxReader.read(file).model();
  }

  @Test
  void everyOperation_comesBack_bitForBit() throws IOException {
    Model model = EveryOperator.model();
    Model read = again(model);
    assertThat(read.graph().inputs()).isEqualTo(model.graph().inputs());
    assertThat(read.graph().outputs()).isEqualTo(model.graph().outputs());
    assertThat(read.graph().stored()).isEqualTo(model.graph().stored());
    assertThat(read.graph().nodes()).isEqualTo(model.graph().nodes());
    for (String name : model.weights().names()) {
      assertThat(read.graph().role(name)).isEqualTo(model.graph().role(name));
      assertThat(read.weights().get(name).toArray()).isEqualTo(model.weights().get(name).toArray());
    }
    assertThat(read.metadata().labels()).isEqualTo(model.metadata().labels());
    assertThat(read.metadata().preprocessing()).isEqualTo(model.metadata().preprocessing());
    assertThat(read.metadata().provenance())
        .containsEntry("made by", "a test")
        .containsEntry("producer", "Graft");
  }

  @Test
  void oddBits_survive() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    float[] odd = {Float.NaN, Float.NEGATIVE_INFINITY, -0f, Float.MIN_VALUE};
    String x = g.input("x", Shape.of(4));
    Model read = again(g.build(g.add(x, g.weight("odd", Tensor.of(Shape.of(4), odd)))));
    assertThat(read.weights().get("odd").toArray()).containsExactly(odd);
  }

  @Test
  void sameModel_givesTheSameBytes_alsoOnceRead() throws IOException {
    Path first = folder.resolve("first.onnx");
    Path second = folder.resolve("second.onnx");
    Model read = again(EveryOperator.model());
    ModelWriter.write(read, first);
    ModelWriter.write(again(read), second);
    assertThat(second).hasSameBinaryContentAs(first);
    assertThat(ModelProto.parseFrom(Files.readAllBytes(first)).getOpsetImport(0).getVersion())
        .isEqualTo(24);
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("first.onnx", "second.onnx", "model.onnx");
    }
  }

  @Test
  void headAndTrunk_areWritten_andAHeadThatIsGoneIsFoundAnew() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    String features = g.relu(g.linear("trunk", g.input("x", Shape.of(4)), 3));
    Model model = g.build(g.softmax(g.linear("fc", features, 2)));
    Model read = again(model);
    assertThat(read.metadata().head()).isEqualTo("fc");
    byte[] bytes = Files.readAllBytes(folder.resolve("model.onnx"));
    ModelProto.Builder proto = ModelProto.parseFrom(bytes).toBuilder();
    assertThat(proto.getMetadataPropsList())
        .anyMatch(p -> p.getKey().equals("graft.trunk") && p.getValue().equals(features));
    proto.getMetadataPropsBuilderList().stream()
        .filter(p -> p.getKey().equals("graft.head"))
        .forEach(p -> p.setValue("gone"));
    Model other = ModelReader.read(new ByteArrayInputStream(proto.build().toByteArray()));
    assertThat(other.metadata().head()).isNull();
    assertThat(other.head().layer().name()).isEqualTo("fc");
  }

  @Test
  void dilatedAveragePool_takesOpset19_andItsNeighboursWithIt() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    Window dilated =
        new Window(
            List.of(2, 2),
            List.of(1, 1),
            List.of(2, 2),
            List.of(0, 0, 0, 0),
            AutoPad.NOTSET,
            false);
    String y = g.op(new AveragePool(dilated, false), g.input("x", Shape.of(1, 5, 5)));
    Model model = g.build(g.op(new ReduceMean(List.of(1, 2), false), y));
    Model read = again(model);
    assertThat(read.graph().nodes()).isEqualTo(model.graph().nodes());
  }

  @Test
  void extraInputs_takeNoNameThatIsTaken() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("r/shape", Shape.of(4));
    Model model = g.build(g.node("r", new Reshape(List.of(0, 2, 2)), x));
    assertThat(again(model).graph().nodes()).isEqualTo(model.graph().nodes());
  }

  @Test
  void trainingAndLosses_haveNoPlaceInAFile() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(4));
    Model dropping = g.build(g.node("drop", new Dropout(0.5, true), x));
    assertThatThrownBy(() -> again(dropping))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("model.onnx: drop: Dropout in training has no place");
    String loss = g.node("loss", new SoftmaxCrossEntropy(0), x, g.input("target", Shape.of(4)));
    Model learning = g.build(loss);
    assertThatThrownBy(() -> again(learning)).isInstanceOf(ExportException.class);
    assertThat(folder).isEmptyDirectory();
  }
}
