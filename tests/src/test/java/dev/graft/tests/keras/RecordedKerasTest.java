package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.ModelReader;
import dev.graft.importers.numpy.Npy;
import dev.graft.tests.Material;
import dev.graft.tests.RecordedOutput;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real Keras files against the outputs that Keras recorded of them. */
class RecordedKerasTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "imagenet/mobilenet_v1_0.25_224.h5",
        "mlperf_tiny/pretrainedResnet.h5",
        "mlperf_tiny/str_ww_ref_model.h5",
        "mlperf_tiny/vww_96.h5",
        "fer2013_mini_XCEPTION.102-0.66.hdf5",
        "mnist_cnn.keras"
      })
  void recordedOutputs_areReproduced(String file) {
    Path path = Material.path("models_keras/" + file);
    String recorded = "recorded/" + path.getFileName();
    Model model = ModelReader.read(path);
    Tensor input = Npy.read(Material.path(recorded + ".input.npy"));
    // The model's own door: channels last, as Keras is fed.
    assertThat(model.graph().input().shape().fits(input.shape())).isTrue();
    String output = model.graph().output();
    boolean softmax = model.graph().producer(output).op() instanceof Softmax;
    try (Backend backend = Backends.byName("java", 2);
        Session session = Session.of(model, backend)) {
      Tensor found = session.run(Map.of(model.graph().input().name(), input)).get(output);
      RecordedOutput.compare(
          file, found, Npy.read(Material.path(recorded + ".output.npy")), softmax);
    }
  }

  @Test
  void modelsOfOwnClasses_areRefusedByName() {
    Path path = Material.path("models_keras/pre_pr22362_nested_container.keras");
    assertThatThrownBy(() -> ModelReader.read(path))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("of the class NestedDenseModel")
        .hasMessageContaining("export it to ONNX");
  }
}
