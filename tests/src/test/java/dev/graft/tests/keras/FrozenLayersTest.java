package dev.graft.tests.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Keras model says is not trained, here and in what is exported of it. */
class FrozenLayersTest {

  private static final Path FOLDER = Path.of("tests/src/test/resources/golden/keras");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"frozen.keras", "frozen.h5"})
  void layersThatAreNotTrainable_areFrozen_andStaySoInOnnx(String file) {
    Model model = ModelReader.read(FOLDER.resolve(file));
    assertThat(model.frozen()).containsExactly("first/kernel", "first/bias");
    Path onnx = folder.resolve("model.onnx");
    ModelWriter.write(model, onnx);
    assertThat(ModelReader.read(onnx).frozen()).containsExactly("first/kernel", "first/bias");
  }

  @Test
  void otherLayers_areTrained() {
    assertThat(ModelReader.read(FOLDER.resolve("forms.keras")).frozen()).isEmpty();
  }
}
