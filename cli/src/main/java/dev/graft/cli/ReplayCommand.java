package dev.graft.cli;

import dev.graft.cli.option.UsageException;
import dev.graft.cli.receipt.Receipt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code graft replay}: repeats a run from its receipt. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description = {
      "Repeat a run from its receipt, and compare the model bit for bit.",
      "Refused where what the run read is not what it was: the first file that differs is named. The"
          + " same bits are promised by the same backend: 'java' has them on every machine, 'simd' with"
          + " vectors of the same width, 'opencl' on the same device."
    })
final class ReplayCommand implements Callable<Integer> {

  private static final Set<String> RUNS = Set.of("train", "distill", "demo");

  @Parameters(paramLabel = "RECEIPT.json", description = "receipt.json of a run")
  private Path receipt;

  @Option(
      names = "--out",
      paramLabel = "RUN",
      description = "folder of the new run (default: 'replay' beside the receipt)")
  private @Nullable Path out;

  @Option(names = "--model", paramLabel = "M", description = "where the model lies now")
  private @Nullable Path model;

  @Option(names = "--data", paramLabel = "DIR", description = "where the pictures lie now")
  private @Nullable Path data;

  @Option(names = "--quiet", description = "print errors, and whether the bits are the same")
  private boolean quiet;

  @Override
  public Integer call() {
    Receipt past = Receipt.read(receipt);
    if (!past.text("interrupted").isEmpty()) {
      throw new UsageException(
          receipt + ": is of a run that was interrupted, and nobody knows when; nothing to repeat");
    }
    if (!RUNS.contains(past.text("command"))) {
      throw new UsageException(
          receipt + ": is of '" + past.text("command") + "', which is no run that can be repeated");
    }
    Path folder = out == null ? receipt.toAbsolutePath().resolveSibling("replay") : out;
    int code = Main.execute(words(past, folder).toArray(String[]::new));
    if (code != 0) {
      return code;
    }
    Receipt now = Receipt.read(folder.resolve(Receipt.FILE));
    if (now.text("model").equals(past.text("model"))) {
      System.out.println("the same bits: " + folder.resolve("model.onnx"));
      return 0;
    }
    throw new UsageException(
        folder.resolve("model.onnx")
            + ": is not the model of "
            + receipt
            + differences(past, now)
            + "; 'java' is the backend that has the same bits everywhere");
  }

  private List<String> words(Receipt past, Path folder) {
    Map<String, Path> moved = new HashMap<>();
    if (model != null) {
      moved.put("--model", model);
    }
    if (data != null) {
      moved.put("--data", data);
    }
    Map<String, List<String>> options = past.options(moved);
    options.put("--backend", List.of(past.text("backend")));
    options.put("--out", List.of(folder.toString()));
    List<String> words = new ArrayList<>(List.of(past.text("command")));
    options.forEach((name, values) -> values.forEach(value -> words.add(name + "=" + value)));
    if (quiet) {
      words.add("--quiet");
    }
    return words;
  }

  /** What may be why. */
  private static String differences(Receipt past, Receipt now) {
    StringBuilder text = new StringBuilder();
    for (String field : List.of("graft", "java", "machine", "computes")) {
      if (!past.text(field).equals(now.text(field))) {
        text.append("; ")
            .append(field)
            .append(" was ")
            .append(past.text(field))
            .append(", is ")
            .append(now.text(field));
      }
    }
    return text.toString();
  }
}
