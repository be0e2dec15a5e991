package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.importers.numpy.Npy;
import dev.graft.tests.RecordedOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Layers in all their options, and models in all their forms, as Keras saved and computed them:
 * {@code tests/golden/keras_models.py} says how.
 */
class KerasGoldenTest {

  private static final Path FOLDER = Path.of("tests/src/test/resources/golden/keras");

  static List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.endsWith(".npy"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyOutput_isWhatKerasComputes(String file) {
    Model model = ModelReader.read(FOLDER.resolve(file));
    String stem = file.substring(0, file.indexOf('.'));
    InputSpec input = model.graph().input();
    Tensor x = Npy.read(FOLDER.resolve(stem + ".input.npy")).as(input.type());
    float[] expected = Npy.read(FOLDER.resolve(stem + ".output.npy")).toArray();
    try (Backend backend = Backends.byName("java", 1);
        Session session = Session.of(model, backend)) {
      Map<String, Tensor> found = session.run(Map.of(input.name(), x));
      int start = 0;
      for (String output : model.graph().outputs()) {
        Tensor y = found.get(output);
        int end = start + y.shape().elements();
        float[] part = Arrays.copyOfRange(expected, start, end);
        RecordedOutput.compare(output, y, Tensor.of(y.shape(), part), false);
        start = end;
      }
      assertThat(start).as("numbers of all outputs").isEqualTo(expected.length);
    }
  }

  @Test
  void layers_keepTheirNames_behindThoseOfTheModelsAroundThem() {
    Graph graph = ModelReader.read(FOLDER.resolve("forms.keras")).graph();
    assertThat(graph.outputs()).containsExactly("classes", "score");
    assertThat(graph.stored())
        .containsKeys(
            "outer/trunk/stem/kernel", "outer/trunk/norm/gamma", "shared/kernel", "score/bias");
    // A layer that is called twice, or a model, has its weights once.
    assertThat(graph.consumers("shared/kernel")).hasSize(2);
    assertThat(graph.consumers("outer/trunk/stem/kernel")).hasSize(2);
  }
}
