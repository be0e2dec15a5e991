package dev.graft.cli.option;

import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.importers.ImportException;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.PlainText;
import dev.graft.importers.PreprocessingJson;
import dev.graft.importers.use.AutoPreprocessing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Models, preprocessing and labels as the command line names them. */
public final class ModelFiles {

  /** Finds the preprocessing: the default. */
  static final String AUTO = "auto";

  private ModelFiles() {}

  /** A model; what its import may have changed of its meaning is told on standard error. */
  public static Model read(Path file) {
    ImportedModel imported = ModelReader.readWithReport(file);
    for (String warning : imported.report().warnings()) {
      System.err.println("warning: " + PlainText.of(file.toString()) + ": " + warning);
    }
    return imported.model();
  }

  /**
   * A model with its preprocessing, and with the labels beside it where it has none. What was found
   * beside the model, or told by its name, is said in a line on standard error.
   *
   * @param preprocess a name, a JSON file, {@link #AUTO}, or null for the same
   * @param input what is chosen of it
   * @param option the option to name where there is none
   * @throws UsageException if nothing says how the model is to be fed and none is given
   */
  public static Model read(
      Path file, @Nullable String preprocess, InputOptions input, String option) {
    Model model = input.oneOutput(read(file));
    Model labelled = labelled(model, file);
    if (preprocess != null && !preprocess.equals(AUTO)) {
      return preprocessed(labelled, preprocess, input);
    }
    Preprocessing found = found(model, file, input, option);
    return labelled.with(labelled.metadata().withPreprocessing(found));
  }

  private static Preprocessing found(Model model, Path file, InputOptions input, String option) {
    AutoPreprocessing.Choice choice =
        AutoPreprocessing.of(model, file, name -> input.named(name, model))
            .orElseThrow(
                () ->
                    new UsageException(
                        file
                            + ": does not say how pictures become its input; give "
                            + option
                            + ": "
                            + String.join(", ", Preprocessing.NAMES)
                            + ", or a JSON file"));
    if (!choice.why().isEmpty()) {
      note("preprocessing " + choice.name() + ": " + choice.why());
    }
    return input.fitted(choice.preprocessing(), model);
  }

  private static Model labelled(Model model, Path file) {
    AutoPreprocessing.Labels labels = AutoPreprocessing.labels(model, file).orElse(null);
    if (labels == null) {
      return model;
    }
    note("the model has no labels; those of " + labels.file() + " count");
    return model.with(model.metadata().withLabels(labels.names()));
  }

  private static void note(String text) {
    System.err.println("note: " + PlainText.line(text));
  }

  /** The model with a preprocessing by its name, or from a JSON file. */
  public static Model preprocessed(Model model, String name, InputOptions input) {
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
