package dev.graft.cli;

import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.UsageException;
import dev.graft.cli.run.RunModel;
import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.DataFolders;
import dev.graft.core.graph.Model;
import dev.graft.core.transfer.assess.Evaluation;
import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import dev.graft.importers.PlainText;
import dev.graft.importers.keras.KerasWriter;
import dev.graft.importers.onnx.OnnxWriter;
import dev.graft.importers.onnx.WeightFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Option(
      names = "--weights",
      paramLabel = "FORMAT",
      defaultValue = "float32",
      description =
          "of OUT.onnx: float32, float16 (half the size) or int8 (a quarter; a scale for each output"
              + " channel); computed in float32 all the same (default: float32)")
  private String weights;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "pictures to measure what --weights costs: the accuracy of MODEL and of OUT")
  private @Nullable Path data;

  @Mixin private ComputeOptions compute;

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
    WeightFormat format = format();
    if (like == null && format == WeightFormat.FLOAT32) {
      ModelWriter.write(converted, out);
      return;
    }
    if (like == null) {
      OnnxWriter.write(converted, out, format);
      if (data != null) {
        compare(converted, data);
      }
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

  private WeightFormat format() {
    WeightFormat format =
        WeightFormat.named(weights)
            .orElseThrow(
                () ->
                    new UsageException(
                        "--weights must be one of "
                            + String.join(", ", WeightFormat.labels())
                            + ", found "
                            + weights));
    boolean isOnnx = out.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
    if (format != WeightFormat.FLOAT32 && !isOnnx) {
      throw new UsageException("--weights " + weights + " is for OUT.onnx, found " + out);
    }
    if (data != null && format == WeightFormat.FLOAT32) {
      throw new UsageException(
          "--data measures what --weights float16 or int8 costs; use 'evaluate' for a model alone");
    }
    return format;
  }

  /** Says what the pictures lose by the weights that were written. */
  private void compare(Model converted, Path folder) {
    if (converted.metadata().preprocessing() == null) {
      throw new UsageException(
          "--data: "
              + model
              + " does not say how pictures become its input; 'evaluate' takes --preprocess");
    }
    DataFolders.Measured measured = DataFolders.toMeasure(folder);
    measured.notes().forEach(note -> System.err.println("note: " + PlainText.line(note)));
    try (Backend backend = compute.open()) {
      double before = accuracy(converted, measured, backend);
      double after = accuracy(ModelReader.read(out), measured, backend);
      System.out.printf(
          Locale.ROOT,
          "accuracy on %s: %.1f %% with float32 weights, %.1f %% with %s%n",
          measured.part(),
          100 * before,
          100 * after,
          weights);
    }
  }

  private double accuracy(Model measured, DataFolders.Measured pictures, Backend backend) {
    return Evaluation.of(measured, pictures.pictures(), backend, compute.threads())
        .confusion()
        .accuracy();
  }
}
