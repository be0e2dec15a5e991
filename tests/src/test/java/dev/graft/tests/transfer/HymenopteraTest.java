package dev.graft.tests.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.data.picture.Preprocessor;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.tests.Material;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The main job on photographs. */
@DisabledIfSystemProperty(named = "graft.repeated", matches = "true")
class HymenopteraTest {

  @TempDir private Path folder;

  @Test
  void mobileNet_tellsAntsFromBees_andItsFileIsAllItTakes() throws OrtException {
    Split<Pictures> photos = DataFolders.open(Material.path("data/hymenoptera_data"), 0.2, 1);
    Model model = ModelReader.read(Material.path("models_onnx/mobilenet_v2_1.0_224_tf2ptq.onnx"));
    Preprocessing tf = Preprocessing.named("tf", 3, 224, 224);
    Path file = folder.resolve("model.onnx");
    try (Backend backend = Backends.byName(Backends.AUTO, 2)) {
      Settings settings = Settings.of(Recipe.HEAD, 10).seed(1).backend(backend).threads(2);
      Tuned tuned =
          FineTune.run(model.with(model.metadata().withPreprocessing(tf)), photos, settings);
      System.out.println("MobileNetV2 on hymenoptera, head: " + tuned.best());
      // PyTorch: 97.4 +- 0.5 after 20 epochs; one photo is 0.65 points.
      assertThat(tuned.best().get("accuracy")).isGreaterThan(0.93);
      ModelWriter.write(tuned.model(), file);
      Model read = ModelReader.read(file);
      assertThat(read.metadata()).isEqualTo(tuned.model().metadata());
      agree(file, read, photos.validation(), backend);
    }
  }

  /** ONNX Runtime on the pixels that the file's own preprocessing gives. */
  private static void agree(Path file, Model model, Pictures photos, Backend backend)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession theirs = environment.createSession(file.toString());
        Session ours = Session.of(model, backend)) {
      for (int photo = 0; photo < photos.size(); photo += 30) {
        float[] pixels = Preprocessor.apply(model.metadata().preprocessing(), photos.read(photo));
        float[] found = ours.predict(pixels);
        try (OnnxTensor fed =
                OnnxTensor.createTensor(
                    environment, FloatBuffer.wrap(pixels), new long[] {1, 3, 224, 224});
            OrtSession.Result result = theirs.run(Map.of(model.graph().input().name(), fed))) {
          float[] expected = new float[2];
          ((OnnxTensor) result.get(0)).getFloatBuffer().get(expected);
          double bound = 1e-4 * Math.max(Math.abs(expected[0]), Math.abs(expected[1]));
          for (int k = 0; k < 2; k++) {
            assertThat((double) found[k]).isBetween(expected[k] - bound, expected[k] + bound);
          }
          List<Prediction> ranked = ours.predict(photos.read(photo));
          assertThat(ranked.get(0).index()).isEqualTo(expected[0] > expected[1] ? 0 : 1);
          assertThat(List.of("ants", "bees")).contains(ranked.get(0).label());
        }
      }
    }
  }
}
