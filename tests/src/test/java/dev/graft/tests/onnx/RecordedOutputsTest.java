package dev.graft.tests.onnx;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.importers.numpy.Npy;
import dev.graft.tests.Material;
import dev.graft.tests.RecordedOutput;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Real networks against the outputs that ONNX Runtime recorded of them. */
class RecordedOutputsTest {

  /** The reference backend is too slow for the larger networks. */
  static Stream<String> runs() {
    return Backends.list().stream()
        .filter(Backends.Description::available)
        .flatMap(
            backend ->
                (backend.name().equals("reference")
                        ? Stream.of("cifar10_resnet20")
                        : Stream.of(
                            "cifar10_resnet20",
                            "mobilenet_v2_1.0_224_tf2ptq",
                            "squeezenet1.0_dc_caffe",
                            "version-RFB-320"))
                    .map(model -> backend.name() + " " + model));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void recordedOutputs_areReproduced(String run) {
    String[] words = run.split(" ");
    String file = words[1] + ".onnx";
    Path path = Material.path("models_onnx/" + file);
    Model model = ModelReader.read(path);
    Tensor input = Npy.read(Material.path("recorded/" + file + ".input.npy"));
    try (Backend backend = Backends.byName(words[0], 2);
        Session session = Session.of(model, backend)) {
      Map<String, Tensor> outputs = session.run(Map.of(model.graph().input().name(), input));
      outputs.forEach(
          (name, tensor) -> {
            Path recorded = Material.path("recorded/" + file + ".output." + name + ".npy");
            RecordedOutput.compare(
                name, tensor, Npy.read(recorded), isSoftmax(model.graph(), name));
          });
    }
  }

  /** Whether a value comes out of a Softmax, perhaps reshaped or joined from several. */
  private static boolean isSoftmax(Graph graph, String value) {
    Node node = graph.producer(value);
    if (node == null || node.op() instanceof Softmax) {
      return node != null;
    }
    boolean moves = node.op().isView() || node.op() instanceof Concat;
    return moves && node.inputs().stream().allMatch(input -> isSoftmax(graph, input));
  }
}
