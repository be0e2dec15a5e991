package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs as files may state them: in any order, with any names, of any batch, and wrong. */
class GraphFormsTest extends ReaderTest {

  /** Found by changing ten million files: each operation fits its shapes, and no type fits. */
  @Test
  void typesThatDoNotFit_areRefusedAsShapesAre() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 5).floats("i", new int[] {2}, 0, 0.5f);
    file.node("Mul", "x", "x");
    file.node("Gather", "i", "out0");
    Path written = file.output().write(folder.resolve("model.onnx"));
    assertThatThrownBy(() -> ModelReader.read(written))
        .isInstanceOf(ImportException.class)
        .message()
        .startsWith(written + ": out1: Gather expects int64 indices, found float32")
        .hasLineCount(1);
  }

  @Test
  void initializersListedAsInputs_areWeights() throws IOException {
    OnnxFile file = new OnnxFile(7).input("w", 2, 2).input("x", -1, 2);
    file.floats("w", new int[] {2, 2}, 1, 0, 0, 1);
    file.node("MatMul", "x", "w");
    Model model = read(file.output()).model();
    assertThat(model.graph().input().name()).isEqualTo("x");
    assertThat(model.graph().stored()).containsOnlyKeys("w");
  }

  @Test
  void unsortedNodes_areSorted() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.named("c", "Tanh", "b");
    file.named("b", "Sigmoid", "a");
    file.named("a", "Relu", "x");
    assertThat(read(file.output("c")).model().graph().nodes())
        .extracting(Node::output)
        .containsExactly("a", "b", "c");
  }

  @Test
  void cycles_areRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.named("a", "Add", "x", "b");
    file.named("b", "Relu", "a");
    refused(file.output(), "cycle");
    OnnxFile self = new OnnxFile(13).input("x", -1, 2);
    self.named("a", "Add", "x", "a");
    refused(self.output(), "a: ", "cycle");
  }

  @Test
  void nodesOfOneName_getNamesOfTheirOwn() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.named("a", "Relu", "x").called("act");
    file.named("b", "Relu", "a").called("act");
    file.named("c", "Relu", "b").called("act_2");
    List<Node> nodes = read(file.output()).model().graph().nodes();
    assertThat(nodes).extracting(Node::name).doesNotHaveDuplicates().contains("act", "act_2");
    assertThat(nodes).extracting(Node::output).containsExactly("a", "b", "c");
  }

  @Test
  void valuesDefinedTwice_areRefused() {
    OnnxFile nodes = new OnnxFile(13).input("x", -1, 2);
    nodes.named("a", "Relu", "x");
    nodes.named("a", "Tanh", "x");
    refused(nodes.output(), "value a", "already");
    OnnxFile stored = new OnnxFile(13).input("x", -1, 2);
    stored.scalar("w", 1).scalar("w", 2).node("Add", "x", "w");
    refused(stored.output(), "'w'");
    OnnxFile input = new OnnxFile(13).input("x", -1, 2);
    input.named("x", "Relu", "x");
    refused(input.output(), "x");
    OnnxFile inputs = new OnnxFile(13).input("x", -1, 2).input("x", -1, 2);
    inputs.node("Relu", "x");
    refused(inputs.output(), "x", "already");
  }

  @Test
  void undefinedValues_areRefusedByName() {
    OnnxFile read = new OnnxFile(13).input("x", -1, 2);
    read.named("y", "Add", "x", "nowhere").called("sum");
    refused(read.output(), "sum (Add, opset 13)", "nowhere");
    OnnxFile output = new OnnxFile(13).input("x", -1, 2);
    output.node("Relu", "x");
    refused(output.output("other"), "other");
  }

  @Test
  void emptyNames_standForInputsLeftOut() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.floats("w", new int[] {2, 2}, 1, 2, 3, 4);
    file.named("h", "Gemm", "x", "w", "");
    file.node("Clip", "h", "", "");
    assertThat(read(file.output()).model().graph().nodes())
        .extracting(n -> n.inputs().size())
        .containsExactly(2, 1);
    OnnxFile missing = new OnnxFile(13).input("x", -1, 2);
    missing.named("y", "Add", "", "x");
    refused(missing.output(), "y (Add, opset 13)");
  }

  @Test
  void batchOfOne_isFreed_andReported() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", 1, 3, 4).longs("flat", 1, -1);
    file.floats("w", new int[] {12, 2}, new float[24]);
    file.named("f", "Reshape", "x", "flat");
    file.node("MatMul", "f", "w");
    ImportedModel imported = read(file.output());
    assertThat(imported.report().notes()).anyMatch(note -> note.contains("left open"));
    assertThat(run(imported.model(), 3).shape()).isEqualTo(Shape.of(3, 2));
  }

  @Test
  void batchOfOne_staysWhereTheGraphNeedsIt() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", 1, 4).longs("sizes", 2, 2);
    file.node("Reshape", "x", "sizes");
    ImportedModel imported = read(file.output());
    assertThat(imported.model().graph().input().isBatched()).isFalse();
    assertThat(imported.report().notes()).noneMatch(note -> note.contains("left open"));
    assertThat(run(imported.model(), 1).shape()).isEqualTo(Shape.of(2, 2));
  }

  @Test
  void batchOfMore_isFreedLikeABatchOfOne() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", 4, 6).longs("pairs", 4, -1, 2).longs("flat", 4, 6);
    file.named("p", "Reshape", "x", "pairs");
    file.named("r", "Relu", "p");
    file.node("Reshape", "r", "flat");
    Model model = read(file.output()).model();
    assertThat(model.graph().input().isBatched()).isTrue();
    assertThat(run(model, 3).shape()).isEqualTo(Shape.of(3, 6));
  }

  @Test
  void batchThatTheFileDrops_staysInTheOutput() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", 1, 3, 1, 1);
    file.floats("w", new int[] {3, 2}, 1, 2, 3, 4, 5, 6).floats("b", new int[] {2}, 1, 1);
    file.named("s", "Squeeze", "x");
    file.named("m", "MatMul", "s", "w");
    file.named("a", "Add", "m", "b");
    file.node("Softmax", "a").integer("axis", 0);
    ImportedModel imported = read(file.output());
    assertThat(run(imported.model(), 2).shape()).isEqualTo(Shape.of(2, 2));
    assertThat(imported.report().notes()).anyMatch(note -> note.contains("the file has dropped"));
  }

  @Test
  void otherOpenSizes_stayOpenByName() throws IOException {
    OnnxFile file = new OnnxFile(13).input("picture", -1, 3, -1, -1);
    file.node("GlobalAveragePool", "picture");
    Model model = read(file.output()).model();
    assertThat(model.graph().input().shape().isOpen()).isTrue();
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model, backend)) {
      Tensor picture = Tensor.zeros(Shape.of(2, 3, 5, 7));
      assertThat(session.run(Map.of("picture", picture)).get("out0").shape())
          .isEqualTo(Shape.of(2, 3, 1, 1));
    }
  }

  @Test
  void inputsOfOtherTypes_areRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 3);
    file.node("Relu", "x");
    file.output();
    file.changeInputs(type -> type.setElemType(TensorProto.DataType.STRING_VALUE));
    refused(file, "input x", "float32");
  }

  @Test
  void unknownDomains_areRefusedWithAllUnknownOperators() {
    OnnxFile file = new OnnxFile(12).input("x", -1, 2);
    file.named("a", "FusedConv", "x").domain("com.microsoft").called("fused");
    file.named("b", "Relu", "a").domain("my.ops").called("mine");
    file.named("c", "Det", "b").called("sum1");
    file.named("d", "Det", "c").called("sum2");
    file.named("e", "Relu", "d").domain("ai.onnx");
    refused(
        file.output(),
        "opset 12",
        "com.microsoft.FusedConv (node fused)",
        "my.ops.Relu (node mine)",
        "Det (node sum1 and 1 more)");
  }

  @Test
  void weightsOfAnotherShape_areRefusedWithTheLayerAndBothShapes() {
    OnnxFile gemm = new OnnxFile(13).input("x", -1, 3);
    gemm.floats("w", new int[] {2, 5}, new float[10]);
    gemm.named("y", "Gemm", "x", "w").integer("transB", 1).called("fc");
    refused(gemm.output(), "fc (Gemm, opset 13)", "3 features", "[2,5]", "5");
    OnnxFile bias = new OnnxFile(13).input("x", -1, 1, 4, 4);
    bias.floats("w", new int[] {2, 1, 3, 3}, new float[18]).floats("b", new int[] {3}, 1, 2, 3);
    bias.named("y", "Conv", "x", "w", "b").called("conv");
    refused(bias.output(), "conv (Conv, opset 13)", "[3]", "2 output channels");
    OnnxFile norm = new OnnxFile(13).input("x", -1, 4, 2, 2);
    for (String name : List.of("s", "b", "m", "v")) {
      norm.floats(name, new int[] {3}, 1, 1, 1);
    }
    norm.named("y", "BatchNormalization", "x", "s", "b", "m", "v").called("norm");
    refused(norm.output(), "norm (BatchNormalization, opset 13)", "[3]", "4");
    OnnxFile sum = new OnnxFile(13).input("x", -1, 4);
    sum.floats("w", new int[] {3}, 1, 2, 3).named("y", "Add", "x", "w").called("sum");
    refused(sum.output(), "sum (Add, opset 13)", "[3]", "4");
  }

  @Test
  void graphWithoutNodes_isAModel_withoutOutputsIsNone() throws IOException {
    OnnxFile through = new OnnxFile(13).input("x", -1, 2);
    assertThat(run(read(through.output("x")).model(), 1).toArray()).containsExactly(0, 1);
    OnnxFile none = new OnnxFile(13).input("x", -1, 2);
    none.node("Relu", "x");
    refused(none, "holds no ONNX graph");
  }

  @Test
  void furtherOutputs_mayStandThere_butNotBeRead() throws IOException {
    OnnxFile unread = new OnnxFile(13).input("x", -1, 1, 4, 4);
    unread.node("MaxPool", "x").integers("kernel_shape", 2, 2).secondOutput("indices");
    assertThat(read(unread.output()).model().graph().nodes()).hasSize(1);
    OnnxFile indices = new OnnxFile(13).input("x", -1, 1, 4, 4);
    indices.named("p", "MaxPool", "x").integers("kernel_shape", 2, 2).secondOutput("i");
    indices.node("Relu", "i");
    refused(indices.output(), "reads i, output 2 of MaxPool p", "not supported");
    OnnxFile mask = new OnnxFile(13).input("x", -1, 4);
    mask.named("d", "Dropout", "x").secondOutput("mask");
    mask.node("Mul", "x", "mask");
    refused(mask.output(), "mask", "not supported");
    refused(mask.output("mask"), "mask", "not supported");
  }

  @Test
  void namesWithLineBreaks_leaveTheMessageOneLine() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 4);
    file.named("y", "Relu", "no\nsuch\r\n\u2028value\u0085").called("a\nb\u001b[31m");
    refused(file.output(), "a b [31m (Relu", "the value no such");
  }

  @Test
  void channelsThatDoNotFit_areRefusedWithTheLayerAndBothShapes() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 1, 8, 8);
    file.floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6);
    file.named("conv1", "Conv", "x", "w");
    refused(file.output("conv1"), "conv1", "1 channel", "[2,3,1,1]", "3");
  }

  @Test
  void opsetsBeforeTheOldest_areRefused() {
    OnnxFile file = new OnnxFile(5).input("x", -1, 2);
    file.node("Relu", "x");
    refused(file.output(), "opset 5", "from opset 6 on");
  }
}
