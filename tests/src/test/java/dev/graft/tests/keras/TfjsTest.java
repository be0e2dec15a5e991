package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.numpy.Npy;
import dev.graft.importers.use.AutoPreprocessing;
import dev.graft.tests.RecordedOutput;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Layers models as TensorFlow.js saves and computes them: {@code tests/golden/tfjs_models.js} says
 * how.
 */
class TfjsTest {

  private static final Path FOLDER = Path.of("tests/src/test/resources/golden/tfjs");

  @ParameterizedTest
  @ValueSource(strings = {"teachable", "uint8", "uint16", "float16", "pictures", "sequence"})
  void everyOutput_isWhatTensorFlowComputes(String name) {
    Path folder = FOLDER.resolve(name);
    Model model = ModelReader.read(folder.resolve("model.json"));
    Tensor x = Npy.read(folder.resolve("input.npy"));
    float[] expected = Npy.read(folder.resolve("output.npy")).toArray();
    try (Backend backend = Backends.byName("java", 1);
        Session session = Session.of(model, backend)) {
      Map<String, Tensor> found = session.run(Map.of(model.graph().input().name(), x));
      int start = 0;
      for (String output : model.graph().outputs()) {
        Tensor y = found.get(output);
        int end = start + y.shape().elements();
        Tensor part = Tensor.of(y.shape(), Arrays.copyOfRange(expected, start, end));
        RecordedOutput.compare(output, y, part, false);
        start = end;
      }
      assertThat(start).as("numbers of all outputs").isEqualTo(expected.length);
    }
  }

  @Test
  void teachableMachine_bringsItsLabelsItsPreprocessing_andATrunkToTransfer() {
    Path file = FOLDER.resolve("teachable/model.json");
    ImportedModel imported = ModelReader.readWithReport(file);
    assertThat(imported.report().format())
        .startsWith("Keras 2 (tfjs-layers ")
        .endsWith("), TensorFlow.js layers model");
    Model model = imported.model();
    assertThat(model.head().layer().name()).contains("dense_Dense2");
    assertThat(AutoPreprocessing.labels(model, file).orElseThrow().names())
        .isEqualTo(List.of("cat", "dog", "neither"));
    Preprocessing seen =
        AutoPreprocessing.of(
                model,
                file,
                name -> {
                  throw new AssertionError("took " + name);
                })
            .orElseThrow()
            .preprocessing();
    assertThat(List.of(seen.width(), seen.height())).isEqualTo(List.of(16, 16));
    assertThat(seen.mean()).isEqualTo(List.of(127.5, 127.5, 127.5));
  }
}
