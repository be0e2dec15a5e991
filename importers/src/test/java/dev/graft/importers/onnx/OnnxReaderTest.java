package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.op.BatchNormalization;
import dev.graft.core.op.Clip;
import dev.graft.core.op.Op;
import dev.graft.core.op.Pad;
import dev.graft.core.op.ReduceMean;
import dev.graft.core.op.Reshape;
import dev.graft.core.op.Slice;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.Imported;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.proto.StringStringEntryProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxReaderTest {

  @TempDir private Path folder;

  private Imported read(OnnxFile file) throws IOException {
    return ModelReader.readWithReport(file.write(folder.resolve("model.onnx")));
  }

  private Op onlyOp(OnnxFile file) throws IOException {
    List<Node> nodes = read(file).model().graph().nodes();
    assertThat(nodes).hasSize(1);
    return nodes.get(0).op();
  }

  private void refused(OnnxFile file, String... parts) {
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(ImportException.class)
        .message()
        .startsWith(folder.resolve("model.onnx").toString())
        .contains(parts);
  }

  @Test
  void clip_takesItsBoundsFromAttributesOrInputs() throws IOException {
    OnnxFile old = new OnnxFile(7).input("x", -1, 4);
    old.node("Clip", "x").number("min", 0).number("max", 6);
    assertThat(onlyOp(old.output())).isEqualTo(new Clip(0, 6));
    OnnxFile newer = new OnnxFile(13).input("x", -1, 4).scalar("low", -1);
    newer.node("Clip", "x", "low", "");
    assertThat(onlyOp(newer.output())).isEqualTo(new Clip(-1, Double.POSITIVE_INFINITY));
  }

  @Test
  void slice_takesItsPositionsFromAttributesOrInputs() throws IOException {
    Slice expected = new Slice(List.of(1L), List.of(Long.MAX_VALUE), List.of(1), List.of(1L));
    OnnxFile old = new OnnxFile(9).input("x", -1, 4);
    old.node("Slice", "x")
        .integers("starts", 1)
        .integers("ends", Long.MAX_VALUE)
        .integers("axes", 1);
    assertThat(onlyOp(old.output())).isEqualTo(expected);
    OnnxFile newer =
        new OnnxFile(11).input("x", -1, 4).longs("s", 1).longs("e", Long.MAX_VALUE).longs("a", 1);
    newer.node("Slice", "x", "s", "e", "a");
    assertThat(onlyOp(newer.output())).isEqualTo(expected);
  }

  @Test
  void pad_takesItsNumbersFromAttributesOrInputs_andRefusesReflection() throws IOException {
    Pad expected = new Pad(List.of(0, 1, 0, 2), 0);
    OnnxFile old = new OnnxFile(7).input("x", -1, 4);
    old.node("Pad", "x").integers("pads", 0, 1, 0, 2);
    assertThat(onlyOp(old.output())).isEqualTo(expected);
    OnnxFile newer = new OnnxFile(13).input("x", -1, 4).longs("p", 0, 1, 0, 2);
    newer.node("Pad", "x", "p");
    assertThat(onlyOp(newer.output())).isEqualTo(expected);
    OnnxFile axes = new OnnxFile(18).input("x", -1, 4).longs("p", 1, 2).longs("a", -1);
    axes.node("Pad", "x", "p", "", "a");
    assertThat(onlyOp(axes.output())).isEqualTo(expected);
    OnnxFile reflected = new OnnxFile(13).input("x", -1, 4).longs("p", 0, 1, 0, 1);
    reflected.node("Pad", "x", "p").text("mode", "reflect");
    refused(reflected.output(), "Pad", "reflect");
  }

  @Test
  void reduceMean_takesItsAxesFromAttributesOrInputs() throws IOException {
    OnnxFile old = new OnnxFile(13).input("x", -1, 4, 5);
    old.node("ReduceMean", "x").integers("axes", 1).integer("keepdims", 0);
    assertThat(onlyOp(old.output())).isEqualTo(new ReduceMean(List.of(1), false));
    OnnxFile newer = new OnnxFile(18).input("x", -1, 4, 5).longs("a", 1);
    newer.node("ReduceMean", "x", "a").integer("keepdims", 0);
    assertThat(onlyOp(newer.output())).isEqualTo(new ReduceMean(List.of(1), false));
  }

  @Test
  void oldSoftmax_normalisesOverAllAxesBehind() throws IOException {
    OnnxFile old = new OnnxFile(11).input("x", -1, 2, 3);
    old.node("Softmax", "x").integer("axis", 1);
    Model model = read(old.output()).model();
    float[] y = run(model, Tensor.of(Shape.of(1, 2, 3), 0, 0, 0, 0, 0, 0));
    assertThat(y).hasSize(6).containsOnly(1 / 6f);
    OnnxFile newer = new OnnxFile(13).input("x", -1, 2, 3);
    newer.node("Softmax", "x").integer("axis", 1);
    y = run(read(newer.output()).model(), Tensor.of(Shape.of(1, 2, 3), 0, 0, 0, 0, 0, 0));
    assertThat(y).containsOnly(0.5f);
  }

  private static float[] run(Model model, Tensor x) {
    try (JavaBackend backend = new JavaBackend(1);
        Session session = Session.of(model, backend)) {
      Map<String, Tensor> outputs = session.run(Map.of(model.graph().input().name(), x));
      return outputs.get(model.graph().output()).toArray();
    }
  }

  @Test
  void shapeArithmetic_isCarriedOut_andLeavesTheBatchOpen() throws IOException {
    OnnxFile file = new OnnxFile(11).input("x", -1, 6, 4).longs("zero", 0).longs("two", 2);
    file.named("shape", "Shape", "x");
    file.named("n", "Gather", "shape", "zero");
    file.named("six", "Slice", "shape", "one", "two");
    file.longs("one", 1);
    file.named("three", "Div", "six", "two");
    file.named("rest", "Mul", "two", "four");
    file.longs("four", 4);
    file.named("target", "Concat", "n", "three", "rest").integer("axis", 0);
    file.node("Reshape", "x", "target");
    Imported imported = read(file.output());
    List<Node> nodes = imported.model().graph().nodes();
    assertThat(nodes).hasSize(1);
    assertThat(nodes.get(0).op()).isEqualTo(new Reshape(List.of(0, 3, 8)));
    assertThat(imported.report().toString()).contains("computed at import");
  }

  @Test
  void batchOfOne_isFreed_whereTheGraphAllows() throws IOException {
    OnnxFile free = new OnnxFile(13).input("x", 1, 6).longs("t", 1, 2, 3);
    free.node("Reshape", "x", "t");
    Imported imported = read(free.output());
    assertThat(imported.model().graph().input().isBatched()).isTrue();
    assertThat(imported.report().notes()).anyMatch(note -> note.contains("left open"));
    OnnxFile fixed = new OnnxFile(13).input("x", 1, 6).longs("t", 3, 2);
    fixed.node("Reshape", "x", "t");
    assertThat(read(fixed.output()).model().graph().input().isBatched()).isFalse();
  }

  @Test
  void sharedStoredTensors_areUntied() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.floats("w", new int[] {2, 2}, 1, 2, 3, 4).floats("b", new int[] {2}, 5, 6);
    file.named("b2", "Identity", "b");
    file.named("h", "Gemm", "x", "w", "b");
    file.node("Gemm", "h", "w", "b2");
    Model model = read(file.output()).model();
    assertThat(model.graph().stored(Role.PARAMETER)).containsExactly("w", "b", "b2");
    assertThat(model.weights().get("b2").toArray()).containsExactly(5, 6);
    assertThat(model.weights().get("b2").host().array())
        .isNotSameAs(model.weights().get("b").host().array());
  }

  @Test
  void weightsOfOtherTypes_areConverted() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.stored(
        TensorProto.newBuilder()
            .setName("half")
            .addDims(2)
            .setDataType(TensorProto.DataType.FLOAT16.getNumber())
            .addInt32Data(0x3C00)
            .addInt32Data(0xC000));
    file.stored(
        TensorProto.newBuilder()
            .setName("wide")
            .addDims(2)
            .setDataType(TensorProto.DataType.DOUBLE.getNumber())
            .setRawData(
                ByteString.copyFrom(
                    ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putDouble(0.1)
                        .putDouble(-3)
                        .flip())));
    file.named("y", "Mul", "x", "half");
    file.node("Add", "y", "wide");
    Imported imported = read(file.output());
    assertThat(imported.model().weights().get("half").toArray()).containsExactly(1, -2);
    assertThat(imported.model().weights().get("wide").toArray()).containsExactly(0.1f, -3);
    assertThat(imported.report().notes()).anyMatch(note -> note.contains("float16"));
  }

  @Test
  void initializersListedAsInputs_areWeights() throws IOException {
    OnnxFile file = new OnnxFile(8).input("x", -1, 2).input("w", 2, 2);
    file.floats("w", new int[] {2, 2}, 1, 2, 3, 4);
    file.node("MatMul", "x", "w");
    assertThat(read(file.output()).model().graph().input().name()).isEqualTo("x");
  }

  @Test
  void batchNormalizationOfTraining_isReadForInference() throws IOException {
    OnnxFile file = new OnnxFile(14).input("x", -1, 1, 2);
    for (String name : List.of("scale", "bias", "mean", "var")) {
      file.floats(name, new int[] {1}, 1);
    }
    file.node("BatchNormalization", "x", "scale", "bias", "mean", "var")
        .integer("training_mode", 1);
    assertThat(((BatchNormalization) onlyOp(file.output())).training()).isFalse();
  }

  @Test
  void unknownOperators_areNamedAllTogether_withTheRemedy() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.named("a", "LSTM", "x");
    file.named("b", "NonMaxSuppression", "a");
    file.node("LSTM", "b");
    refused(
        file.output(),
        "opset 13",
        "LSTM (node a and 1 more)",
        "NonMaxSuppression (node b)",
        "export again");
  }

  @Test
  void shapesThatDoNotFit_nameTheLayerAndBothShapes() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 1, 8, 8);
    file.floats("w", new int[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6);
    file.named("conv1", "Conv", "x", "w");
    refused(file.output("conv1"), "conv1", "1 channel", "[2,3,1,1]", "3");
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 26})
  void opsetsOutOfRange_areRefused(int opset) {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 2);
    file.node("Relu", "x");
    refused(file.output(), "opset " + opset, "7 to 25");
  }

  @Test
  void openHeight_isRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 3, -1, 8);
    file.node("Relu", "x");
    refused(file.output(), "axis 2", "fixed size");
  }

  @Test
  void cyclesUndefinedAndDoubleValues_areRefused() {
    OnnxFile cycle = new OnnxFile(13).input("x", -1, 2);
    cycle.named("a", "Add", "x", "b");
    cycle.named("b", "Relu", "a");
    refused(cycle.output("b"), "cycle");
    OnnxFile undefined = new OnnxFile(13).input("x", -1, 2);
    undefined.node("Add", "x", "nobody");
    refused(undefined.output(), "nobody");
    OnnxFile twice = new OnnxFile(13).input("x", -1, 2);
    twice.named("a", "Relu", "x");
    twice.named("a", "Tanh", "x");
    refused(twice.output("a"), "defined already");
  }

  @Test
  void secondOutputsThatAreRead_areRefused() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 1, 4, 4);
    file.node("MaxPool", "x").integers("kernel_shape", 2, 2).secondOutput("indices");
    file.node("Relu", "indices");
    refused(file.output(), "indices", "output 2 of MaxPool out0");
  }

  @Test
  void tensorsThatClaimMoreThanThereIs_areRefused() {
    for (long[] dims : new long[][] {{1L << 40}, {-1}, {1 << 20, 1 << 20}, {3}}) {
      OnnxFile file = new OnnxFile(13).input("x", -1, 2);
      TensorProto.Builder tensor =
          TensorProto.newBuilder()
              .setName("w")
              .setDataType(TensorProto.DataType.FLOAT.getNumber())
              .addFloatData(1);
      for (long dim : dims) {
        tensor.addDims(dim);
      }
      file.stored(tensor);
      file.node("Add", "x", "w");
      refused(file.output(), "tensor w");
    }
  }

  private OnnxFile external(String location, int count) {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    file.stored(
        TensorProto.newBuilder()
            .setName("w")
            .addDims(count)
            .setDataType(TensorProto.DataType.FLOAT.getNumber())
            .setDataLocation(TensorProto.DataLocation.EXTERNAL)
            .addExternalData(
                StringStringEntryProto.newBuilder().setKey("location").setValue(location))
            .addExternalData(StringStringEntryProto.newBuilder().setKey("offset").setValue("4")));
    file.node("Mul", "x", "w");
    return file.output();
  }

  @Test
  void externalData_isReadFromTheModelsFolder_andFromNowhereElse() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat(9).putFloat(2).putFloat(3);
    Files.write(folder.resolve("w.bin"), bytes.array());
    assertThat(read(external("w.bin", 2)).model().weights().get("w").toArray())
        .containsExactly(2, 3);
    refused(external("w.bin", 5), "w.bin", "12 bytes");
    refused(external("none.bin", 2), "none.bin", "missing");
    refused(external("../w.bin", 2), "outside");
    refused(external("/etc/hostname", 2), "outside");
    Path elsewhere = Files.createTempFile("graft", ".bin");
    Files.write(elsewhere, bytes.array());
    Files.createSymbolicLink(folder.resolve("link.bin"), elsewhere);
    refused(external("link.bin", 2), "links outside");
    Files.delete(elsewhere);
  }

  @Test
  void largeAndUnsortedGraphs_areReadInGoodTime() throws IOException {
    OnnxFile file = new OnnxFile(13).input("x", -1, 2);
    int count = 20_000;
    for (int i = count; i > 0; i--) {
      file.named("v" + i, "Relu", i == 1 ? "x" : "v" + (i - 1));
    }
    Model model = read(file.output("v" + count)).model();
    assertThat(model.graph().nodes()).hasSize(count);
    assertThat(model.graph().nodes().get(0).output()).isEqualTo("v1");
  }
}
