package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.recurrent.Activation;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Lstm;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.onnx.OnnxFile.OnnxNode;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.NodeProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The forms in which files have recurrent layers, and those that are refused. */
class RecurrentFormsTest extends ReaderTest {

  private static final int STEPS = 3;

  /** A file with sequences of known length, an open batch, four features and two units. */
  private static OnnxFile file(int ways) {
    OnnxFile file = new OnnxFile(14).input("x", STEPS, -1, 4);
    stored(file, "w", ways, 8, 4);
    stored(file, "r", ways, 8, 2);
    return stored(file, "b", ways, 16);
  }

  private static OnnxFile stored(OnnxFile file, String name, int... sizes) {
    float[] values = new float[Arrays.stream(sizes).reduce(1, (a, b) -> a * b)];
    Arrays.fill(values, 0.5f);
    return file.floats(name, sizes, values);
  }

  @Test
  void outputsAreNamed_alsoWhereTheFirstIsLeftOut() throws IOException {
    OnnxFile file = file(1);
    NodeProto.Builder node = file.named("y", "LSTM", "x", "w", "r", "b").node();
    node.clearOutput().addOutput("").addOutput("last");
    List<Node> nodes = read(file.output("last")).model().graph().nodes();
    assertThat(nodes).hasSize(1);
    assertThat(nodes.get(0).outputs().get(1)).isEqualTo("last");
    assertThat(nodes.get(0).op()).isEqualTo(Lstm.of(2, Direction.FORWARD));
  }

  @Test
  void whatMeansNothing_isLeftOut() throws IOException {
    OnnxFile file = new OnnxFile(14).input("x", STEPS, 1, 4);
    stored(file, "w", 1, 8, 4);
    stored(file, "r", 1, 8, 2);
    file.ints("lengths", STEPS).floats("zeros", new int[] {1, 1, 2}, 0, 0);
    file.node("LSTM", "x", "w", "r", "", "lengths", "zeros", "zeros");
    assertThat(read(file.output()).model().graph().nodes().get(0).inputs())
        .containsExactly("x", "w", "r");
  }

  @Test
  void biasesOfTheState_thatAreZero_areNotTrained() throws IOException {
    OnnxFile file = new OnnxFile(14).input("x", STEPS, -1, 4);
    stored(file, "w", 2, 2, 4);
    stored(file, "r", 2, 2, 2);
    file.floats("b", new int[] {2, 4}, 1, 2, 0, 0, 3, 4, 0, 0);
    file.node("RNN", "x", "w", "r", "b").text("direction", "bidirectional");
    Model model = read(file.output()).model();
    assertThat(model.weights().get("b").shape()).isEqualTo(Shape.of(2, 2));
    assertThat(model.weights().get("b").toArray()).containsExactly(1, 2, 3, 4);
    Path copy = folder.resolve("copy.onnx");
    ModelWriter.write(model, copy);
    assertThat(
            ModelProto.parseFrom(Files.readAllBytes(copy)).getGraph().getInitializerList().stream()
                .filter(tensor -> tensor.getName().equals("b"))
                .map(TensorProto::getDimsList))
        .containsExactly(List.of(2L, 4L));
    assertThat(ModelReader.read(copy).weights().get("b").toArray()).containsExactly(1, 2, 3, 4);
  }

  @Test
  void functionsTakeTheirCoefficientsInOrder() throws IOException {
    OnnxFile file = file(2);
    OnnxNode node = file.node("LSTM", "x", "w", "r").text("direction", "bidirectional");
    node.texts("activations", "HardSigmoid", "Tanh", "elu", "Sigmoid", "Affine", "HardSigmoid");
    node.numbers("activation_alpha", 0.25f, 0.5f, 2).numbers("activation_beta", 0.75f);
    Lstm lstm = (Lstm) onlyOp(file);
    assertThat(lstm.activations())
        .containsExactly(
            new Activation(UnaryOp.HARD_SIGMOID, 0.25, 0.75),
            Activation.TANH,
            new Activation(UnaryOp.ELU, 0.5, 0),
            Activation.SIGMOID,
            new Activation(UnaryOp.AFFINE, 2, 0),
            new Activation(UnaryOp.HARD_SIGMOID, 0.2, 0.5));
  }

  @Test
  void whatIsNotComputed_isRefused() {
    OnnxFile lengths = file(1).ints("lengths", 2);
    lengths.node("LSTM", "x", "w", "r", "b", "lengths");
    refused(lengths.output(), "LSTM", "several lengths");
    OnnxFile peepholes = stored(file(1), "p", 1, 6);
    peepholes.node("LSTM", "x", "w", "r", "b", "", "", "", "p");
    refused(peepholes.output(), "LSTM", "peepholes");
    OnnxFile layout = file(1);
    layout.node("LSTM", "x", "w", "r").integer("layout", 1);
    refused(layout.output(), "layout 1", "transpose");
    OnnxFile coupled = file(1);
    coupled.node("LSTM", "x", "w", "r").integer("input_forget", 1);
    refused(coupled.output(), "couples its input and forget gates");
    OnnxFile function = file(1);
    function.node("LSTM", "x", "w", "r").texts("activations", "ScaledTanh", "Tanh", "Tanh");
    refused(function.output(), "activation ScaledTanh", "HardSigmoid");
    OnnxFile direction = file(1);
    direction.node("LSTM", "x", "w", "r").text("direction", "sideways");
    refused(direction.output(), "direction sideways", "bidirectional");
    OnnxFile hidden = file(1);
    hidden.node("LSTM", "x", "w", "r").integer("hidden_size", 3);
    refused(hidden.output(), "hidden_size 3", "weights of 2");
    OnnxFile weights = file(1);
    weights.node("LSTM", "x", "r", "r");
    refused(weights.output(), "weight is [1,8,2]", "[1,8,4]");
  }
}
