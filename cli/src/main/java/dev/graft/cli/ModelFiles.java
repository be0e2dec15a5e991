package dev.graft.cli;

import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
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
   * @param input what is chosen of it
   * @param option the option to name where there is none
   * @throws UsageException if the model says nothing of its preprocessing and none is given
   */
  static Model read(Path file, @Nullable String preprocess, InputOptions input, String option) {
    Model model = input.oneOutput(read(file));
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
      return model.with(metadata.withPreprocessing(input.fitted(metadata.preprocessing(), model)));
    }
    return preprocessed(model, preprocess, input);
  }

  /** The model with a preprocessing by its name, or from a JSON file. */
  static Model preprocessed(Model model, String name, InputOptions input) {
    return model.with(model.metadata().withPreprocessing(preprocessing(model, name, input)));
  }

  private static Preprocessing preprocessing(Model model, String name, InputOptions input) {
    if (name.endsWith(".json")) {
      try {
        return input.fitted(PreprocessingJson.read(Files.readString(Path.of(name))), model);
      } catch (IOException e) {
        throw new ImportException(name + ": cannot be read: " + e.getMessage(), e);
      } catch (ImportException e) {
        throw new ImportException(name + ": " + e.getMessage(), e);
      }
    }
    return input.named(name, model);
  }
}
