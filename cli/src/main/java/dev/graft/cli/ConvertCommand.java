package dev.graft.cli;

import dev.graft.cli.option.UsageException;
import dev.graft.cli.run.RunModel;
import dev.graft.core.graph.Model;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.PlainText;
import dev.graft.importers.keras.KerasWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft convert}: one model format to another. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    description = {
      "Convert a model to ONNX, or its weights to safetensors, by the name of OUT.",
      "Given the RUN of 'graft train', take its model: the best so far where the run was killed.",
      "A model that was trained from a Keras file goes back into Keras: --like names that file."
    })
final class ConvertCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "a model file, or the folder of a run")
  private Path model;

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "OUT.onnx or OUT.safetensors; with --like OUT.h5, OUT.weights.h5 or OUT.keras")
  private Path out;

  @Option(
      names = "--like",
      paramLabel = "FILE",
      description =
          "the Keras model that MODEL was trained from, which then loads the weights: FILE.h5 for"
              + " OUT.h5, FILE.keras for OUT.weights.h5 or a whole OUT.keras")
  private @Nullable Path like;

  @Option(names = "--stacktrace", description = "show where an error came from")
  private boolean stackTrace;

  @Override
  public Integer call() {
    if (Files.isDirectory(model) && !Files.exists(model.resolve("saved_model.pb"))) {
      RunModel run = RunModel.of(model);
      write(run.model());
      System.out.println(run.origin());
      System.out.println("written " + out);
      return 0;
    }
    ImportedModel imported = ModelReader.readWithReport(model);
    write(imported.model());
    System.out.println(imported.report());
    System.out.println("written " + out);
    return 0;
  }

  private void write(Model converted) {
    boolean keras = KerasWriter.isKerasName(out);
    if (keras != (like != null)) {
      throw new UsageException(
          keras
              ? out + ": Keras weights follow the file they came from; name it: --like FILE"
              : "--like is for Keras weights; let OUT end in .h5 or .keras, found " + out);
    }
    if (like == null) {
      ModelWriter.write(converted, out);
      return;
    }
    KerasWriter.Written written = KerasWriter.write(converted, like, out);
    System.out.println(
        "weights of " + written.written().size() + " layers, for " + written.loading());
    if (!written.leftOut().isEmpty()) {
      System.err.println(
          "note: left out "
              + String.join(", ", written.leftOut())
              + ", which the trained model does not have as "
              + PlainText.of(like.toString())
              + " has");
    }
  }
}
