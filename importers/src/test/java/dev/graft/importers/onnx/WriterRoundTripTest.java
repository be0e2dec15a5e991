package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.Selu;
import dev.graft.core.op.activation.Swish;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Attention;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.onnx.operator.OnnxOperator;
import dev.graft.importers.onnx.operator.OnnxOperators;
import dev.graft.importers.onnx.proto.GraphProto;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the reader makes of the writer's files, to the last bit, and what the writer refuses. */
class WriterRoundTripTest {

  private static final long SEED = 5;

  @TempDir private Path folder;

  private Model roundTrip(Model model) {
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(model, file);
    return ModelReader.read(file);
  }

  private static void expectSame(Model found, Model wanted) {
    Graph graph = found.graph();
    assertThat(graph.inputs()).isEqualTo(wanted.graph().inputs());
    assertThat(graph.outputs()).isEqualTo(wanted.graph().outputs());
    assertThat(graph.nodes()).isEqualTo(wanted.graph().nodes());
    assertThat(graph.stored()).isEqualTo(wanted.graph().stored());
    assertThat(found.weights().names()).isEqualTo(wanted.weights().names());
    for (String name : wanted.weights().names()) {
      int[] bits = bits(wanted.weights().get(name));
      assertThat(bits(found.weights().get(name))).as(name).isEqualTo(bits);
    }
  }

  private static int[] bits(Tensor tensor) {
    float[] values = tensor.toArray();
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  @Test
  void everyOperator_isEveryOneThatIsWritten() {
    TreeSet<String> types = new TreeSet<>();
    for (Node node : EveryOperator.model().graph().nodes()) {
      types.add(node.op().type());
    }
    // The others become operations of these names, or nothing but constants, as a Shape does here:
    // what is reshaped by it comes back with the sizes themselves.
    types.add("Shape");
    types.add("Attention");
    assertThat(OnnxOperators.all().stream().filter(o -> o.writing() != null))
        .extracting(OnnxOperator::name)
        .containsExactlyElementsOf(types);
  }

  @Test
  void anAttention_isWrittenInParts_andRecognised() throws IOException {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(5, 6));
    String mask = g.input("mask", Shape.of(1, 1, 5));
    Model model = g.build(g.op(new Attention(3, 0.5), x, x, x, mask));
    Path file = folder.resolve("attention.onnx");
    ModelWriter.write(model, file);
    assertThat(ModelReader.read(file).graph().nodes()).isEqualTo(model.graph().nodes());
  }

  @Test
  void theSameModel_givesTheSameBytes() throws IOException {
    Path first = folder.resolve("first.onnx");
    Path second = folder.resolve("second.onnx");
    ModelWriter.write(EveryOperator.model(), first);
    ModelWriter.write(EveryOperator.model(), second);
    assertThat(second).hasSameBinaryContentAs(first);
  }

  @Test
  void everyBitOfAWeight_isKept() {
    GraphBuilder g = new GraphBuilder(SEED);
    float[] odd = {
      -0f,
      Float.MIN_VALUE,
      Float.MAX_VALUE,
      Float.NEGATIVE_INFINITY,
      Float.intBitsToFloat(0x7FC12345),
      1 / 3f
    };
    g.weight("odd", Tensor.of(Shape.of(6), odd));
    Model model = g.build(g.op(new Mul(), g.input("x", Shape.of(6)), "odd"));
    expectSame(roundTrip(model), model);
  }

  @Test
  void decimalAttributes_areReadAsTheyWereWritten() {
    GraphBuilder g = new GraphBuilder(SEED);
    String y = g.op(new LeakyRelu(0.1), g.batchNorm("norm", g.input("x", Shape.of(2, 3))));
    y = g.op(new HardSigmoid(0.3, 0.1), g.op(new Selu(1.7, 1.1), g.op(new Elu(0.7), y)));
    y = g.op(new Swish(1.7), g.op(new Gelu(true), g.op(new Gelu(false), y)));
    y = g.dropout(g.op(new Clip(-0.7, 1e-3), y), 0.3);
    Model model = g.build(g.op(new Pad(List.of(0, 0, 1, 0, 0, 1), -0.2), y));
    expectSame(roundTrip(model), model);
  }

  @Test
  void wholeNumbersAndTruths_keepTheirTypes() {
    GraphBuilder g = new GraphBuilder(SEED);
    String ids = g.input(InputSpec.batched("ids", ElementType.INT64, Shape.of(3)));
    String truths = g.input(InputSpec.batched("truths", ElementType.BOOL, Shape.of(2)));
    Model model =
        g.build(
            g.embedding("words", ids, 7, 2),
            g.op(new Concat(1), ids, ids),
            g.op(new Unsqueeze(List.of(1)), truths));
    Model found = roundTrip(model);
    expectSame(found, model);
    assertThat(types(found))
        .containsExactly(ElementType.FLOAT32, ElementType.INT64, ElementType.BOOL);
  }

  /** The file says so too, for those who read no further than its inputs and outputs. */
  @Test
  void wholeNumbersAndTruths_areDeclared() {
    GraphBuilder g = new GraphBuilder(SEED);
    String ids = g.input(InputSpec.batched("ids", ElementType.INT64, Shape.of(3)));
    String truths = g.input(InputSpec.batched("truths", ElementType.BOOL, Shape.of(2)));
    Model model = g.build(g.op(new Unsqueeze(List.of(1)), truths), g.op(new Concat(1), ids, ids));
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(model, file);
    GraphProto graph = parsed(file).getGraph();
    assertThat(graph.getInputList().stream().map(i -> i.getType().getTensorType().getElemType()))
        .containsExactly(TensorProto.DataType.INT64_VALUE, TensorProto.DataType.BOOL_VALUE);
    assertThat(graph.getOutputList().stream().map(i -> i.getType().getTensorType().getElemType()))
        .containsExactly(TensorProto.DataType.BOOL_VALUE, TensorProto.DataType.INT64_VALUE);
  }

  private static List<ElementType> types(Model model) {
    Map<String, Fact> facts = model.graph().facts();
    return model.graph().outputs().stream().map(output -> facts.get(output).type()).toList();
  }

  /** An operation that computes with floats is told from one that moves whole numbers. */
  @Test
  void arithmeticOnWholeNumbersThatAreFed_isRefusedByName() {
    GraphBuilder g = new GraphBuilder(SEED);
    String x = g.input("x", Shape.of(3));
    Path file = folder.resolve("model.onnx");
    ModelWriter.write(g.build(g.relu(x)), file);
    ModelProto.Builder proto = parsed(file).toBuilder();
    proto
        .getGraphBuilder()
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(TensorProto.DataType.INT64_VALUE);
    byte[] changed = proto.build().toByteArray();
    assertThatThrownBy(() -> ModelReader.read(new ByteArrayInputStream(changed)))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("relu1")
        .hasMessageContaining("whole numbers");
  }

  private static ModelProto parsed(Path file) {
    try {
      return ModelProto.parseFrom(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void metadata_isKept() {
    GraphBuilder g = new GraphBuilder(SEED);
    Model model = g.build(g.softmax(g.linear("fc", g.input("x", Shape.of(6)), 2)));
    model =
        model.with(
            model
                .metadata()
                .withLabels(List.of("a \"quoted\"\nlabel", "ümlaut 猫", ""))
                .withPreprocessing(Preprocessing.named("caffe", 3, 227, 227))
                .withHead("fc")
                .withProvenance(Map.of("source", "a test", "producer", "Graft")));
    assertThat(roundTrip(model).metadata()).isEqualTo(model.metadata());
  }

  @Test
  void numbersOfANode_keepClearOfTheModelsOwnNames() {
    GraphBuilder g = new GraphBuilder(SEED);
    String x = g.input("x", Shape.of(2));
    g.weight("clip/min", Tensor.of(Shape.of(2), 3, 4));
    g.node("clip/max", new Mul(), x, "clip/min");
    Model model = g.build(g.node("clip", new Clip(-1, 1), "clip/max"));
    expectSame(roundTrip(model), model);
  }

  @Test
  void whatTheFormatCannotSay_isRefusedByName_andLeavesNoFile() {
    GraphBuilder g = new GraphBuilder(SEED);
    String x = g.input("x", Shape.of(2));
    Model loss = g.build(g.node("loss", new MeanSquaredError(), x, g.input("t", Shape.of(2))));
    refused(loss, "loss", "MeanSquaredError");
    GraphBuilder d = new GraphBuilder(SEED);
    refused(d.build(d.node("drop", new Dropout(0.5, true), d.input("x", Shape.of(2)))), "drop");
  }

  private void refused(Model model, String... parts) {
    Path file = folder.resolve("model.onnx");
    assertThatThrownBy(() -> ModelWriter.write(model, file))
        .isInstanceOf(ExportException.class)
        .message()
        .startsWith(file.toString())
        .contains(parts);
    assertThat(folder).isEmptyDirectory();
  }
}
