package dev.graft.cli;

import dev.graft.importers.ImportedModel;
import dev.graft.importers.ModelReader;
import dev.graft.importers.ModelWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
      "Given the RUN of 'graft train', take its model: the best so far where the run was killed."
    })
final class ConvertCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "a model file, or the folder of a run")
  private Path model;

  @Parameters(index = "1", paramLabel = "OUT", description = "OUT.onnx or OUT.safetensors")
  private Path out;

  @Option(names = "--stacktrace", description = "show where an error came from")
  private boolean stackTrace;

  @Override
  public Integer call() {
    if (Files.isDirectory(model)) {
      RunModel run = RunModel.of(model);
      ModelWriter.write(run.model(), out);
      System.out.println(run.origin());
      System.out.println("written " + out);
      return 0;
    }
    ImportedModel imported = ModelReader.readWithReport(model);
    ModelWriter.write(imported.model(), out);
    System.out.println(imported.report());
    System.out.println("written " + out);
    return 0;
  }
}
