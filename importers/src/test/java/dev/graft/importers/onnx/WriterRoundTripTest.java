package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.AveragePool;
import dev.graft.core.op.Clip;
import dev.graft.core.op.Concat;
import dev.graft.core.op.Div;
import dev.graft.core.op.Dropout;
import dev.graft.core.op.Exp;
import dev.graft.core.op.Gemm;
import dev.graft.core.op.GlobalMaxPool;
import dev.graft.core.op.Identity;
import dev.graft.core.op.LeakyRelu;
import dev.graft.core.op.LogSoftmax;
import dev.graft.core.op.MatMul;
import dev.graft.core.op.MeanSquaredError;
import dev.graft.core.op.Mul;
import dev.graft.core.op.Pad;
import dev.graft.core.op.ReduceMean;
import dev.graft.core.op.Reshape;
import dev.graft.core.op.Slice;
import dev.graft.core.op.Softmax;
import dev.graft.core.op.Squeeze;
import dev.graft.core.op.Sub;
import dev.graft.core.op.Transpose;
import dev.graft.core.op.Unsqueeze;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ExportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model with every operator, written and read, is the same model. */
class WriterRoundTripTest {

  private static final long SEED = 5;

  @TempDir private Path folder;

  private static Tensor random(Shape shape) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Rng.gaussian(SEED, i);
    }
    return Tensor.of(shape, values);
  }

  static Model everyOperator() {
    GraphBuilder g = new GraphBuilder(SEED);
    String x = g.input("x", Shape.of(4, 9, 8));
    Window uneven =
        new Window(
            List.of(3, 2),
            List.of(2, 1),
            List.of(1, 2),
            List.of(1, 0, 2, 1),
            AutoPad.NOTSET,
            false);
    Window same =
        new Window(
            List.of(3, 3),
            List.of(1, 1),
            List.of(1, 1),
            List.of(0, 0, 0, 0),
            AutoPad.SAME_LOWER,
            false);
    Window ceiled =
        new Window(
            List.of(3, 3), List.of(2, 2), List.of(1, 1), List.of(1, 1, 1, 1), AutoPad.NOTSET, true);
    String y = g.relu(g.batchNorm("norm", g.conv("conv", x, 6, uneven, 2, true)));
    y = g.add(y, g.op(new LeakyRelu(0.1), g.conv("depthwise", y, 6, same, 6, false)));
    y = g.concat(y, g.sigmoid(y), g.op(new Clip(-0.7, Double.POSITIVE_INFINITY), g.tanh(y)));
    y = g.op(new Mul(), y, g.weight("half", Tensor.of(Shape.SCALAR, 0.5f)));
    y = g.op(new Sub(), y, g.op(new Exp(), g.op(new Clip(-2, 1), y)));
    y = g.op(new Div(), y, g.weight("two", Tensor.of(Shape.of(1), 2)));
    y = g.op(new Pad(List.of(0, 0, 1, 0, 0, 0, 0, 2), 0.25), y);
    y = g.maxPool(y, ceiled);
    String averaged = g.op(new AveragePool(Window.square(2, 1, 1), true), y);
    Slice slice =
        new Slice(List.of(0L, -1L), List.of(3L, Long.MIN_VALUE), List.of(2, 3), List.of(1L, -1L));
    y = g.op(slice, averaged);
    String most = g.op(new Squeeze(List.of(3)), g.op(new GlobalMaxPool(), y));
    most = g.op(new Squeeze(List.of(1)), g.op(new Transpose(List.of(0, 2, 1)), most));
    String mean = g.op(new ReduceMean(List.of(2, 3), true), y);
    mean = g.op(new Reshape(List.of(0, -1)), g.op(new Identity(), mean));
    String pooled = g.flatten(g.globalAveragePool(y));
    String joined = g.op(new Concat(-1), most, g.dropout(mean, 0.3), pooled);
    joined = g.op(new MatMul(), joined, g.weight("matrix", random(Shape.of(54, 5))));
    g.weight("gemm.w", random(Shape.of(5, 7)));
    g.weight("gemm.b", random(Shape.of(1, 7)));
    joined = g.node("gemm", new Gemm(0.5, 2, false, false), joined, "gemm.w", "gemm.b");
    joined = g.op(new Squeeze(List.of(1)), g.op(new Unsqueeze(List.of(1)), joined));
    return g.build(g.op(new LogSoftmax(1), joined), g.op(new Softmax(-1), joined), averaged);
  }

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
  void everyOperator_isReadAsItWasWritten() {
    Model model = everyOperator();
    expectSame(roundTrip(model), model);
  }

  @Test
  void theTestCoversEveryOperatorThatTheReaderMaps() {
    TreeSet<String> types = new TreeSet<>();
    for (Node node : everyOperator().graph().nodes()) {
      types.add(node.op().type());
    }
    // The others are carried out at import and are never in a model.
    assertThat(types).hasSize(31);
    assertThat(types).allMatch(type -> OnnxOps.of(type) != null);
  }

  @Test
  void theSameModel_givesTheSameBytes() throws IOException {
    Path first = folder.resolve("first.onnx");
    Path second = folder.resolve("second.onnx");
    Path third = folder.resolve("third.onnx");
    ModelWriter.write(everyOperator(), first);
    ModelWriter.write(everyOperator(), second);
    assertThat(second).hasSameBinaryContentAs(first);
    // The reader notes who produced a file; but for that, its model is written alike.
    Model read = ModelReader.read(first);
    ModelWriter.write(read.with(read.metadata().withProvenance(Map.of())), third);
    assertThat(third).hasSameBinaryContentAs(first);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactlyInAnyOrder(first, second, third);
    }
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
    GraphBuilder one = new GraphBuilder(SEED);
    String fixed = one.node("fixed", new Reshape(List.of(1, 2)), one.input("x", Shape.of(2)));
    refused(one.build(fixed), "fixed", "batch");
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
