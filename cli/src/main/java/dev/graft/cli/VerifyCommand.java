package dev.graft.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.graft.cli.option.ComputeOptions;
import dev.graft.core.backend.Backend;
import dev.graft.importers.PlainText;
import dev.graft.importers.onnx.recorded.Outcome;
import dev.graft.importers.onnx.recorded.Outcome.Status;
import dev.graft.importers.onnx.recorded.RecordedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft verify}: models against their own recorded outputs. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Run ONNX models on the inputs recorded with them, and compare what comes out with the"
          + " recorded outputs.",
      "A model is a folder with model.onnx and test_data_set_*, or light_X.onnx beside"
          + " light_X_output_0.pb. Further .pb files in a test_data_set, each with a tensor named after"
          + " a value of the model, tell where a difference begins."
    })
final class VerifyCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "PATH",
      arity = "1..*",
      description = "folders with recorded models, at any depth")
  private List<Path> paths;

  @Option(names = "--json", description = "print one JSON object and nothing else")
  private boolean json;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() {
    List<Outcome> outcomes = new ArrayList<>();
    try (Backend backend = compute.open()) {
      for (Path path : paths) {
        for (RecordedModel model : RecordedModel.find(path)) {
          Outcome outcome = model.verify(backend);
          outcomes.add(outcome);
          if (!json) {
            System.out.println(line(outcome));
          }
        }
      }
    }
    if (json) {
      print(outcomes);
    } else {
      System.out.printf(
          Locale.ROOT,
          "%d passed, %d failed, %d unsupported%n",
          count(outcomes, Status.PASSED),
          count(outcomes, Status.FAILED),
          count(outcomes, Status.UNSUPPORTED));
    }
    return count(outcomes, Status.FAILED) == 0 ? 0 : 1;
  }

  private static String line(Outcome outcome) {
    String status = outcome.status().name().toLowerCase(Locale.ROOT);
    String reason = outcome.reason().isEmpty() ? "" : ": " + PlainText.of(outcome.reason());
    return status + " " + PlainText.of(outcome.name()) + reason;
  }

  private static long count(List<Outcome> outcomes, Status status) {
    return outcomes.stream().filter(outcome -> outcome.status() == status).count();
  }

  private static void print(List<Outcome> outcomes) {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode all = mapper.createObjectNode();
    for (Status status : Status.values()) {
      all.put(status.name().toLowerCase(Locale.ROOT), count(outcomes, status));
    }
    ArrayNode models = all.putArray("models");
    for (Outcome outcome : outcomes) {
      models
          .addObject()
          .put("name", outcome.name())
          .put("status", outcome.status().name().toLowerCase(Locale.ROOT))
          .put("reason", outcome.reason());
    }
    try {
      System.out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(all));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
