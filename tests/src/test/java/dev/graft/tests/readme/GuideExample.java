package dev.graft.tests.readme;

import dev.graft.core.GraftException;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.data.picture.PictureFile;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.data.DataCheck;
import dev.graft.core.insight.data.DataReport;
import dev.graft.core.insight.data.Suspect;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.SessionPool;
import dev.graft.core.session.text.TextEncoder;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.Surgery;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.text.EncoderReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The code of the embedders' guide, in its order; it runs in the project's root. */
final class GuideExample {

  private GuideExample() {}

  static String load(Path file, InputStream upload) {
    // README begins
    Model model = ModelReader.read(file);
    try (SessionPool pool = SessionPool.of(model, 2)) {
      Prediction best = pool.predict(PictureFile.read(upload)).get(0);
      return best.label();
    }
    // README ends
  }

  static List<String> check(Model model, Path photos) {
    List<String> lines = new ArrayList<>();
    // README begins
    try (Backend backend = Backends.byName(Backends.AUTO, 2)) {
      DataReport report =
          DataCheck.of(DataFolders.parts(photos), model, backend, 2, TrainListener.SILENT);
      for (Suspect suspect : report.suspects()) {
        String name = report.album().name(suspect.picture());
        lines.add(name + ": " + report.album().classes().get(suspect.suggested()) + "?");
      }
    }
    // README ends
    return lines;
  }

  static Tuned tune(Model model, Path photos, List<Integer> epochs) {
    // README begins
    Cancellation cancellation = new Cancellation();
    Settings settings =
        Settings.of(Recipe.STAGED, 20)
            .freeze(FreezeMask.firstLayers(1))
            .seed(1)
            .cancellation(cancellation)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Epoch epoch) {
                    epochs.add(epoch.epoch());
                    if (epoch.epoch() == 6) {
                      cancellation.cancel();
                    }
                  }
                });
    Split<Pictures> data = DataFolders.open(photos, 0.2, 1);
    Tuned tuned = FineTune.run(model, data, settings);
    // README ends
    return tuned;
  }

  static Model cut(Model model, Path file) throws IOException {
    // README begins
    Model trunk = Surgery.cut(model, model.head().trunk());
    Model other = Surgery.appendHead(trunk, List.of("yes", "no"), 1);
    ModelWriter.write(other, file);
    // README ends
    return other;
  }

  static int embed(Path folder) {
    // README begins
    try (TextEncoder encoder = EncoderReader.read(folder).open()) {
      List<float[]> vectors = encoder.embed(List.of("Where is my card?", "My card is lost"));
      return vectors.get(0).length;
    }
    // README ends
  }

  static String refused(Path file) {
    // README begins
    try {
      ModelReader.read(file);
      return "read";
    } catch (GraftException e) {
      return e.getMessage();
    }
    // README ends
  }
}
