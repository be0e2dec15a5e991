package dev.graft.cli;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.PlainText;
import dev.graft.importers.PreprocessingJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Models, preprocessing and labels as the command line names them. */
final class ModelFiles {

  private ModelFiles() {}

  /** A model; what its import may have changed of its meaning is told on standard error. */
  static Model read(Path file) {
    ImportedModel imported = ModelReader.readWithReport(file);
    for (String warning : imported.report().warnings()) {
      System.err.println("warning: " + PlainText.of(file.toString()) + ": " + warning);
    }
    return imported.model();
  }

  /**
   * A model with its preprocessing.
   *
   * @param preprocess a name, a JSON file, or null for what the model says of itself
   * @param option the option to name where there is none
   * @throws UsageException if the model says nothing of its preprocessing and none is given
   */
  static Model read(Path file, @Nullable String preprocess, String option) {
    Model model = read(file);
    Metadata metadata = model.metadata();
    if (preprocess == null) {
      if (metadata.preprocessing() == null) {
        throw new UsageException(
            file
                + ": does not say how pictures become its input; give "
                + option
                + ": "
                + String.join(", ", Preprocessing.NAMES)
                + ", or a JSON file");
      }
      return model;
    }
    return model.with(metadata.withPreprocessing(preprocessing(model, preprocess)));
  }

  private static Preprocessing preprocessing(Model model, String name) {
    if (name.endsWith(".json")) {
      try {
        return PreprocessingJson.read(Files.readString(Path.of(name)));
      } catch (IOException e) {
        throw new ImportException(name + ": cannot be read: " + e.getMessage(), e);
      } catch (ImportException e) {
        throw new ImportException(name + ": " + e.getMessage(), e);
      }
    }
    InputSpec input = model.graph().input();
    Shape sizes = input.shape();
    if (sizes.rank() != 4) {
      throw new UsageException(
          "the model's input " + input + " is not for pictures; expected [N,C,H,W]");
    }
    if (sizes.axes(1, 4).isOpen()) {
      throw new UsageException(
          "the model takes pictures of any size, "
              + input
              + "; say which in a --preprocess FILE.json");
    }
    return Preprocessing.named(name, sizes.size(1), sizes.size(2), sizes.size(3));
  }
}
