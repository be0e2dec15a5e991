package dev.graft.tests.readme;

import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.io.IOException;
import java.nio.file.Path;

/** The example of the README, line by line; it runs in the project's root. */
final class EmbeddingExample {

  private EmbeddingExample() {}

  static Tuned run(Path run) throws IOException {
    // README begins
    Model pretrained = ModelReader.read(Path.of("tests/samples/shapes.onnx"));
    var photos = DataFolders.open(Path.of("tests/samples/symbols"), 0.2, 1);
    Settings settings =
        Settings.of(Recipe.STAGED, 10).seed(1).listener(event -> System.out.println(event));
    Tuned tuned = FineTune.run(pretrained, photos, settings);
    ModelWriter.write(tuned.model(), run.resolve("model.onnx"));
    try (Session session = Session.of(tuned.model())) {
      var picture = PictureFile.read(Path.of("tests/samples/symbols/val/star/00.png"));
      Prediction best = session.predict(picture).get(0);
      System.out.println(best.label() + " " + best.probability());
    }
    // README ends
    return tuned;
  }
}
