package dev.graft.cli;

import dev.graft.cli.option.ComputeOptions;
import dev.graft.cli.option.ModelFiles;
import dev.graft.cli.option.UsageException;
import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Tensor;
import dev.graft.importers.ImportException;
import dev.graft.importers.PlainText;
import dev.graft.importers.numpy.Npy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft run}: raw tensors through a graph. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = "Feed NumPy arrays through a model and save what comes out.")
final class RunCommand implements Callable<Integer> {

  /** Long enough for the JVM to have compiled what a network needs. */
  private static final Duration PROFILED = Duration.ofSeconds(8);

  /** Whole numbers that float32 tells apart. */
  private static final long EXACT = 1 << 24;

  @Parameters(paramLabel = "MODEL", description = "a model file")
  private Path model;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "[NAME=]X.npy",
      description = "an input; a model with one needs no NAME")
  private List<String> inputs;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "[NAME=]Y.npy",
      description = "where an output goes; a model with one needs no NAME")
  private List<String> outputs;

  @Option(
      names = "--profile",
      description =
          "run the model again for some seconds, and print what each of its steps takes: time,"
              + " GFLOP/s, bytes")
  private boolean profile;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    Model read = ModelFiles.read(model);
    Graph graph = read.graph();
    List<String> inputNames = graph.inputs().stream().map(InputSpec::name).toList();
    Map<String, Path> in = named("input", inputs, inputNames);
    Map<String, Path> out = named("output", outputs, graph.outputs());
    for (String name : inputNames) {
      if (!in.containsKey(name)) {
        throw new UsageException("input " + name + " is missing: --input " + name + "=X.npy");
      }
    }
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (InputSpec input : graph.inputs()) {
      tensors.put(input.name(), fed(input, in.get(input.name())));
    }
    try (Backend backend = compute.open();
        Session session = Session.of(read, backend)) {
      Map<String, Tensor> results = session.run(tensors);
      out.forEach(
          (name, file) -> {
            Npy.write(results.get(name), file);
            // Into a pipe, which may be standard output itself, goes nothing else.
            if (Files.isRegularFile(file)) {
              System.out.println(
                  PlainText.of(name) + " " + results.get(name).shape() + " -> " + file);
            }
          });
      if (profile) {
        boolean piped = out.values().stream().anyMatch(file -> !Files.isRegularFile(file));
        ProfileTable.print(session.profile(tensors, PROFILED), piped ? System.err : System.out);
      }
    }
    return 0;
  }

  /** An array as an input takes it: token ids are whole numbers. */
  private static Tensor fed(InputSpec input, Path file) {
    Tensor read = Npy.read(file);
    if (input.type() != ElementType.INT64) {
      return read;
    }
    float[] numbers = read.toArray();
    long[] whole = new long[numbers.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) numbers[i];
      if (whole[i] != numbers[i] || Math.abs(whole[i]) >= EXACT) {
        throw new ImportException(
            file
                + ": holds "
                + numbers[i]
                + ", the input "
                + PlainText.of(input.name())
                + " expects whole numbers below 2^24");
      }
    }
    return Tensor.whole(read.shape(), whole);
  }

  private static Map<String, Path> named(String what, List<String> given, List<String> known) {
    Map<String, Path> named = new LinkedHashMap<>();
    for (String entry : given) {
      int at = entry.indexOf('=');
      String name = at < 0 ? known.get(0) : entry.substring(0, at);
      if (at < 0 && known.size() > 1) {
        throw new UsageException(
            "the model has several "
                + what
                + "s; write --"
                + what
                + " NAME="
                + entry
                + " with one of "
                + String.join(", ", known));
      }
      if (!known.contains(name)) {
        throw new UsageException(
            "the model has no " + what + " " + name + "; it has " + String.join(", ", known));
      }
      named.put(name, Path.of(entry.substring(at + 1)));
    }
    return named;
  }
}
