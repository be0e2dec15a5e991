package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ModelReader;
import dev.graft.importers.keras.KerasWriter;
import dev.graft.importers.numpy.Npy;
import dev.graft.tests.RecordedOutput;
import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The families of keras.applications, narrow or cut off, against Keras: what they compute, and the
 * gradient of every parameter. {@code tests/golden/applications.py} says how, and compares all 40
 * at their full size where Keras is installed.
 */
class ApplicationsTest {

  private static final Path FOLDER = Path.of("tests/src/test/resources/golden/applications");

  /** Of the largest element of a gradient: two engines sum thousands of floats in other orders. */
  private static final double TOLERANCE = 1e-3;

  /** Of the largest of all gradients: what is smaller is a sum that cancels. */
  private static final double CANCELLED = 1e-7;

  @TempDir private Path folder;

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".keras"))
          .map(name -> name.replace(".keras", ""))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void outputsAndGradients_areThoseOfKeras(String name) throws IOException {
    Path file = FOLDER.resolve(name + ".keras");
    Model model = ModelReader.read(file);
    Tensor input = Npy.read(FOLDER.resolve(name + ".input.npy"));
    Tensor factors = Npy.read(FOLDER.resolve(name + ".factors.npy"));
    try (Backend backend = Backends.byName("java", 1)) {
      KerasGradients found = KerasGradients.of(model, input, factors, backend);
      Tensor expected = Npy.read(FOLDER.resolve(name + ".output.npy"));
      RecordedOutput.compare(name, found.output(), expected, false);
      Path gradients = folder.resolve("gradients.weights.h5");
      KerasWriter.write(found.model(), file, gradients);
      compare(
          gradients,
          new ObjectMapper().readTree(FOLDER.resolve(name + ".gradients.json").toFile()));
    }
  }

  /** Some elements of each, the largest among them. */
  private static void compare(Path gradients, JsonNode expected) {
    double most = 0;
    for (JsonNode one : expected) {
      most = Math.max(most, largest(one));
    }
    assertThat(most).isPositive();
    try (HdfFile file = new HdfFile(gradients)) {
      for (Map.Entry<String, JsonNode> one : expected.properties()) {
        float[] found = (float[]) file.getDatasetByPath(one.getKey()).getDataFlat();
        double allowed = TOLERANCE * Math.max(largest(one.getValue()), CANCELLED * most);
        JsonNode at = one.getValue().path("at");
        for (int i = 0; i < at.size(); i++) {
          assertThat((double) found[at.get(i).intValue()])
              .as(one.getKey() + " at " + at.get(i))
              .isCloseTo(one.getValue().path("values").get(i).doubleValue(), within(allowed));
        }
      }
    }
  }

  private static double largest(JsonNode gradient) {
    double largest = 0;
    for (JsonNode value : gradient.path("values")) {
      largest = Math.max(largest, Math.abs(value.doubleValue()));
    }
    return largest;
  }
}
