package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.importers.ImportException;
import dev.graft.importers.ImportReport;
import dev.graft.importers.ModelReader;
import dev.graft.importers.onnx.proto.ModelProto;
import dev.graft.importers.onnx.proto.TensorProto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What became of the parts of a file, and what to do where they cannot be read. */
class ReportTest extends ReaderTest {

  private static OnnxFile file(int opset) {
    return new OnnxFile(opset).input("x", -1, 2);
  }

  @Test
  void whatNoOutputNeeds_isLeftOut_evenIfUnknown() throws IOException {
    OnnxFile file = file(13).input("also", 3).scalar("unused", 1).scalar("six", 6);
    file.named("nowhere", "Fancy", "x");
    file.node("Clip", "x", "", "six");
    ImportReport report = read(file.output()).report();
    assertThat(report.ignored())
        .containsExactly(
            "nodes that no output needs: 1",
            "inputs that nothing reads, 1: also",
            "stored tensors that nothing reads, 1: unused");
    assertThat(report.notes()).containsExactly("stored tensors that became attributes, 1: six");
    assertThat(report.toString()).contains("ONNX, opset 13", "mapped: 1 Clip", "ignored: nodes");
  }

  @Test
  void newerOpsets_areReadAsTheNewestKnown_andSaid() throws IOException {
    OnnxFile known = file(25);
    known.node("Relu", "x");
    assertThat(read(known.output()).report().warnings()).isEmpty();
    OnnxFile file = file(26);
    file.node("Relu", "x");
    assertThat(read(file.output()).report().warnings())
        .containsExactly("opset 26 is newer than 25, as whose operators its own are read");
    OnnxFile unknown = file(27);
    unknown.node("Swirl", "x");
    refused(unknown.output(), "opset 27", "Swirl (node out0)");
  }

  /** What a network does in training is not what it was trained for: told, not done. */
  @Test
  void trainingMode_isReadForInference_andSaid() throws IOException {
    OnnxFile norm = file(15).floats("v", new int[] {2}, 1, 2);
    norm.node("BatchNormalization", "x", "v", "v", "v", "v").integer("training_mode", 1);
    assertThat(read(norm.output()).report().warnings())
        .containsExactly("out0: exported in training mode, read for inference");
    OnnxFile dropout =
        file(13).scalar("ratio", 0.5f).raw("on", TensorProto.DataType.BOOL, 1, (byte) 1);
    dropout.node("Dropout", "x", "ratio", "on");
    assertThat(read(dropout.output()).report().warnings())
        .containsExactly("out0: exported in training mode, read for inference");
  }

  @Test
  void otherFloats_areConvertedAndSaid() throws IOException {
    OnnxFile file = file(13);
    file.changeInputs(type -> type.setElemType(TensorProto.DataType.FLOAT16_VALUE));
    file.stored(
        TensorProto.newBuilder()
            .setName("w")
            .addDims(2)
            .setDataType(TensorProto.DataType.DOUBLE_VALUE)
            .addDoubleData(1e300)
            .addDoubleData(Double.POSITIVE_INFINITY));
    file.node("Add", "x", "w");
    ImportReport report = read(file.output()).report();
    assertThat(report.warnings()).containsExactly("w: 1 values beyond float32 became infinite");
    assertThat(report.notes())
        .containsExactly(
            "1 double tensors converted to float32",
            "input x takes float32 here, float16 in the file");
  }

  /** As weights come out of quantisers that leave it to the graph to scale them. */
  @Test
  void weightsInBytes_areToldToBeQuantised() throws IOException {
    OnnxFile file = file(13);
    file.stored(
        TensorProto.newBuilder()
            .setName("q")
            .addDims(2)
            .addDims(2)
            .setDataType(TensorProto.DataType.INT8_VALUE)
            .addAllInt32Data(List.of(1, -2, 3, 127)));
    file.scalar("scale", 0.5f);
    file.named("f", "Cast", "q").integer("to", 1);
    file.named("d", "Mul", "f", "scale");
    file.node("Add", "x", "d");
    assertThat(read(file.output()).report().warnings())
        .containsExactly(
            "1 weight quantised to int8, read as float32 with what that lost; the float32 model is"
                + " better to train");
  }

  /** A function may even be named as an operator is: its own meaning counts. */
  @Test
  void functionsOfTheModelsOwn_areRefusedByName() {
    for (String domain : new String[] {"", "pkg.own"}) {
      OnnxFile file = file(18);
      file.node("Relu", "x").domain(domain);
      ModelProto.Builder model = file.output().proto().toBuilder();
      model.addFunctionsBuilder().setName("Relu").setDomain(domain).addOutput("y");
      String name = domain.isEmpty() ? "Relu" : domain + ".Relu";
      assertThatThrownBy(
              () -> ModelReader.read(new ByteArrayInputStream(model.build().toByteArray())))
          .isInstanceOf(ImportException.class)
          .hasMessageContaining(name + " (node out0)")
          .hasMessageContaining(name + " is a function of the model's own");
    }
  }

  @Test
  void theRemedy_followsFromWhatIsMissing() {
    OnnxFile loop = file(13);
    loop.node("Loop", "x");
    refused(loop.output(), "Loop (node out0)", "control flow");
    OnnxFile quantised = file(13);
    quantised.node("DequantizeLinear", "x");
    refused(quantised.output(), "DequantizeLinear", "input 1 is missing");
    OnnxFile narrower = file(13);
    narrower.node("MatMulNBits", "x").domain("com.microsoft");
    refused(narrower.output(), "before quantisation");
    OnnxFile other = file(13);
    other.node("GridSample", "x");
    assertThatThrownBy(() -> read(other.output()))
        .hasMessageEndingWith("not supported yet: GridSample (node out0)");
    OnnxFile fused = file(13);
    fused.node("FusedConv", "x").domain("com.microsoft");
    refused(fused.output(), "before it was optimised");
    OnnxFile branch = file(13);
    branch.node("If", "x").node().addAttributeBuilder().setName("then_branch").getGBuilder();
    refused(branch.output(), "If (node out0)", "control flow");
    OnnxFile narrow = file(13);
    narrow.raw("w", TensorProto.DataType.FLOAT8E4M3FN, 2, (byte) 1, (byte) 2);
    narrow.node("Add", "x", "w");
    refused(narrow.output(), "tensor w", "float8e4m3fn", "float32");
  }
}
