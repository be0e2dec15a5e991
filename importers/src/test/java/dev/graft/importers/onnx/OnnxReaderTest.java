package dev.graft.importers.onnx;

import static dev.graft.importers.onnx.OnnxFile.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Role;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.Imported;
import dev.graft.importers.onnx.proto.OperatorSetIdProto;
import dev.graft.importers.onnx.proto.SparseTensorProto;
import dev.graft.importers.onnx.proto.TensorProto;
import dev.graft.importers.onnx.proto.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxReaderTest {

  private static OnnxFile vector(int opset) {
    return new OnnxFile(opset).input("x", -1, 2).output("y");
  }

  private static void refused(OnnxFile file, String... parts) {
    assertThatThrownBy(file::read)
        .isInstanceOf(ImportException.class)
        .hasMessageStartingWith("test.onnx: ")
        .hasMessageNotContaining("\n")
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void initializersListedAsInputs_areWeights() {
    OnnxFile file = vector(7).input("w", 2, 2).floats("w", List.of(2L, 2L), 1, 2, 3, 4);
    Graph graph = file.node("MatMul", "x,w", "y").model().graph();
    assertThat(graph.inputs()).hasSize(1);
    assertThat(graph.role("w")).isEqualTo(Role.PARAMETER);
  }

  @Test
  void emptyAndRepeatedNames_areMadeUnique() {
    OnnxFile file = vector(13);
    file.node("", "Relu", "x", "a").node("same", "Exp", "a", "b");
    file.node("same", "Tanh", "b", "c").node("", "Sigmoid", "c", "y");
    assertThat(file.model().graph().nodes().stream().map(Node::name))
        .containsExactly("a", "same", "same_2", "y");
  }

  @Test
  void whatNoOutputNeeds_isLeftOut_evenIfUnknown() {
    OnnxFile file = vector(13).floats("unused", List.of(1L), 1).input("also", 3);
    file.node("Fancy", "x", "nowhere").node("Relu", "x", "y");
    Imported imported = file.read();
    assertThat(imported.model().graph().nodes()).hasSize(1);
    assertThat(imported.report().ignored())
        .containsExactly(
            "nodes that no output needs: 1",
            "inputs that nothing reads, 1: also",
            "stored tensors that nothing reads, 1: unused");
  }

  @Test
  void nodesInAnyOrder_areSorted() {
    OnnxFile file = vector(13).node("Relu", "a", "y").node("Exp", "x", "a");
    assertThat(file.run(1).toArray()).containsExactly(1, (float) Math.E);
  }

  @Test
  void identityOfAWeight_isUntied_andSharingByNameStays() {
    OnnxFile file = vector(13).floats("bias", List.of(2L), 1, 2);
    file.floats("w", List.of(2L, 2L), 1, 0, 0, 1);
    file.node("Identity", "bias", "layer2.bias");
    file.node("Gemm", "x,w,bias", "a").node("Gemm", "a,w,layer2.bias", "y");
    Imported imported = file.read();
    assertThat(imported.model().graph().stored()).containsOnlyKeys("bias", "w", "layer2.bias");
    assertThat(imported.model().graph().stored(Role.PARAMETER)).hasSize(3);
    assertThat(imported.report().notes())
        .anyMatch(note -> note.startsWith("un-tied 1: layer2.bias"));
    assertThat(imported.model().weights().get("bias").buffer())
        .isNotSameAs(imported.model().weights().get("layer2.bias").buffer());
  }

  @Test
  void unknownOperators_areToldAllAtOnce_withARemedy() {
    OnnxFile file = vector(13).node("Fancy", "x", "a").node("Fancy", "a", "b");
    refused(
        file.node("Einsum", "b", "y"),
        "opset 13",
        "Einsum (node y_node)",
        "Fancy (node a_node and 1 more)",
        "export again with opset 13",
        "onnxsim");
    refused(vector(13).node("Loop", "x", "y"), "Loop (node y_node)", "control flow");
    refused(vector(13).node("QLinearConv", "x", "y"), "before quantisation");
    OnnxFile foreign = vector(13).node("Relu", "x", "y");
    foreign.graph.getNodeBuilder(0).setDomain("com.microsoft");
    refused(foreign, "com.microsoft.Relu");
  }

  @Test
  void opsets_areRead_from7To20_andLaterOnesThatAreAlike() {
    refused(vector(6).node("Relu", "x", "y"), "uses opset 6", "7 to 25");
    refused(vector(26).node("Relu", "x", "y"), "uses opset 26");
    assertThat(vector(22).node("Relu", "x", "y").read().report().notes())
        .contains("opset 22 is read as 20: its operators are the same here");
    OnnxFile own = vector(13).node("Relu", "x", "y");
    byte[] named =
        own.proto().toBuilder()
            .clearOpsetImport()
            .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("ai.onnx").setVersion(9))
            .build()
            .toByteArray();
    assertThat(OnnxFile.read(named).report().format()).isEqualTo("ONNX, opset 9");
  }

  @Test
  void shapesThatDoNotFit_nameTheLayerAndBoth() {
    OnnxFile file = new OnnxFile(13).input("x", -1, 1, 9, 9).output("y");
    file.floats("w", List.of(1L, 3L, 1L, 1L), 1, 2, 3).node("conv1", "Conv", "x,w", "y");
    refused(file, "conv1 (Conv, opset 13)", "input has 1 channel", "[1,3,1,1] expects 3");
  }

  @Test
  void damagedGraphs_areRefused() {
    refused(
        vector(13).node("Relu", "a", "b").node("Exp", "b", "a").node("Add", "x,a", "y"), "cycle");
    refused(vector(13).node("Relu", "x", "y").node("Exp", "x", "y"), "y, which is defined already");
    refused(vector(13).node("Relu", "x", "x"), "the value y is not defined");
    refused(vector(13).node("Relu", "gone", "y"), "the value gone is not defined");
    refused(vector(13).node("Relu", "", "y"), "y_node (Relu, opset 13)", "found 0");
    refused(vector(13).node("Concat", "x,,x", "y", of("axis", 1L)), "input 1 is missing");
    refused(new OnnxFile(13).input("x", 1).node("Relu", "x", "y"), "no outputs");
    refused(new OnnxFile(13), "no ONNX graph");
    refused(
        vector(13).longs("x2", 1).floats("x2", List.of(), 1).node("Relu", "x", "y"),
        "two stored tensors are named 'x2'");
    OnnxFile sparse = vector(13).node("Relu", "x", "y");
    sparse.graph.addSparseInitializer(
        SparseTensorProto.newBuilder().setValues(TensorProto.newBuilder().setName("thin")));
    refused(sparse, "tensor thin: is sparse");
  }

  @Test
  void inputs_areFloats_withOnlyTheBatchOpen() {
    OnnxFile tokens = new OnnxFile(13).input("ids", DataType.INT64, -1, 8).output("y");
    refused(tokens.node("Relu", "ids", "y"), "input ids holds int64");
    OnnxFile open = new OnnxFile(13).input("x", -1, 3, -1).output("y").node("Relu", "x", "y");
    refused(open, "input x leaves the size of axis 2 open");
    OnnxFile half = new OnnxFile(13).input("x", DataType.FLOAT16, -1, 2).output("y");
    assertThat(half.node("Relu", "x", "y").read().report().notes())
        .contains("input x takes float32 here, float16 in the file");
  }

  private static TensorProto.Builder tensor(DataType type, long... sizes) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName("w").setDataType(type.getNumber());
    for (long size : sizes) {
      tensor.addDims(size);
    }
    return tensor;
  }

  private static Imported plus(TensorProto.Builder tensor) {
    return vector(13).tensor(tensor).node("Add", "x,w", "y").read();
  }

  private static float[] values(TensorProto.Builder tensor) {
    Model model = plus(tensor).model();
    return model.weights().get("w").toArray();
  }

  @Test
  void floats_areReadFromRawBytesAndTypedFields() {
    ByteBuffer raw = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    raw.putFloat(1.5f).putFloat(-2).flip();
    assertThat(values(tensor(DataType.FLOAT, 2).setRawData(ByteString.copyFrom(raw))))
        .containsExactly(1.5f, -2);
    assertThat(values(tensor(DataType.FLOAT, 2).addFloatData(1.5f).addFloatData(-2)))
        .containsExactly(1.5f, -2);
    assertThat(values(tensor(DataType.FLOAT16, 2).addInt32Data(0x3E00).addInt32Data(0xC000)))
        .containsExactly(1.5f, -2);
    assertThat(values(tensor(DataType.BFLOAT16, 2).addInt32Data(0x3FC0).addInt32Data(0xC000)))
        .containsExactly(1.5f, -2);
    raw.clear().putDouble(1.5).putDouble(-2).flip();
    assertThat(values(tensor(DataType.DOUBLE, 2).setRawData(ByteString.copyFrom(raw))))
        .containsExactly(1.5f, -2);
  }

  @Test
  void conversions_areReported_andOverflowsCounted() {
    Imported imported = plus(tensor(DataType.DOUBLE, 2).addDoubleData(1e300).addDoubleData(1));
    assertThat(imported.report().notes())
        .contains(
            "w: 1 values beyond float32 became infinite", "1 double tensors converted to float32");
  }

  @Test
  void tensorsThatClaimWhatTheyDoNotHold_areNamed() {
    refusedTensor(tensor(DataType.FLOAT, 1L << 40), "tensor w", "1099511627776");
    refusedTensor(tensor(DataType.FLOAT, -2), "tensor w", "-2");
    refusedTensor(tensor(DataType.FLOAT, 1 << 20, 1 << 20), "tensor w", "2^31");
    refusedTensor(tensor(DataType.FLOAT, 2).addFloatData(1), "tensor w", "2 elements", "holds 1");
    refusedTensor(
        tensor(DataType.FLOAT, 1).setRawData(ByteString.copyFrom(new byte[5])), "tensor w");
    refusedTensor(tensor(DataType.FLOAT8E4M3FN, 2), "tensor w", "float8e4m3fn");
    refusedTensor(tensor(DataType.STRING, 2), "tensor w", "string");
    refusedTensor(tensor(DataType.FLOAT, new long[40]), "tensor w", "40 axes");
  }

  private static void refusedTensor(TensorProto.Builder tensor, String... parts) {
    refused(vector(13).tensor(tensor).node("Add", "x,w", "y"), parts);
  }

  @Test
  void constants_comeInAllForms() {
    OnnxFile file = vector(13);
    file.node("Constant", "", "a", of("value_float", 2f)).node("Mul", "x,a", "m");
    file.constant("b", OnnxFile.vector(3, 4)).node("Cast", "b", "c", of("to", 1L));
    file.node("Constant", "", "whole", of("value_int", 1L));
    file.node("Unsqueeze", "m,whole", "u").node("Squeeze", "u,whole", "s");
    file.node("Add", "s,c", "y");
    assertThat(file.run(1).toArray()).containsExactly(3, 6);
    assertThat(file.run(1).shape()).isEqualTo(Shape.of(1, 2));
    refused(vector(13).node("Constant", "", "y", of("value_string", "no")), "holds no number");
  }
}
