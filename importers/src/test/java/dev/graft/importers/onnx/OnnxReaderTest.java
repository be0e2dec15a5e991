package dev.graft.importers.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.core.op.BatchNormalization;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxReaderTest extends ReaderTest {

  @Test
  void batchNormalizationOfTraining_isReadForInference() throws IOException {
    OnnxFile file = new OnnxFile(14).input("x", -1, 1, 2);
    for (String name : List.of("scale", "bias", "mean", "var")) {
      file.floats(name, new int[] {1}, 1);
    }
    file.node("BatchNormalization", "x", "scale", "bias", "mean", "var")
        .integer("training_mode", 1);
    Model model = read(file.output()).model();
    assertThat(model.graph().nodes().get(0).op())
        .isInstanceOfSatisfying(
            BatchNormalization.class, norm -> assertThat(norm.training()).isFalse());
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 26})
  void opsetsOutOfRange_areRefused(int opset) {
    OnnxFile file = new OnnxFile(opset).input("x", -1, 2);
    file.node("Relu", "x");
    refused(file.output(), "opset " + opset, "7 to 25");
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
