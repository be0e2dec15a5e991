package dev.graft.bench.peers;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param quick what takes minutes only
 * @param threads of every engine
 * @param backend Graft's
 * @param works what to measure
 * @param data pictures for the head job; null to leave it out
 * @param json where the rows go
 */
record Options(
    boolean quick, int threads, String backend, Set<String> works, @Nullable Path data, Path json) {

  static final List<String> QUICK_WORKS =
      List.of("sgemm", "inference", "train-all", "train-frozen");

  static final List<String> WORKS =
      List.of(
          "sgemm",
          "conv-forward",
          "conv-grad-input",
          "conv-grad-weight",
          "inference",
          "train-all",
          "train-frozen",
          "head-job",
          "start-up",
          "memory");

  static final String HELP =
      """
      Usage: bench/peers [--quick] [--only WORK,…] [--threads N] [--backend NAME] [--data DIR]
      Runs Graft and its peers side by side and writes bench/target/peers.json.

        --quick         less of everything, within ten minutes: %s
        --only WORK,…   some of: %s
        --threads N     threads of every engine (default: all processors)
        --backend NAME  Graft's backend (default: auto)
        --data DIR      pictures of the head job, with train/ and val/
                        (default: hymenoptera_data in ../shared/material, left out where absent)
        --json FILE     where the rows go (default: bench/target/peers.json)
      """
          .formatted(String.join(", ", QUICK_WORKS), String.join(", ", WORKS));

  private static final Path HYMENOPTERA = Path.of("../shared/material/data/hymenoptera_data");

  /** Wrong usage, in one line. */
  static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
      super(message);
    }
  }

  /**
   * @throws UsageException if an option is unknown or its value is
   */
  static Options parse(String... args) {
    boolean quick = false;
    int threads = Runtime.getRuntime().availableProcessors();
    String backend = "auto";
    Set<String> only = null;
    Path data = HYMENOPTERA;
    Path json = Path.of("bench/target/peers.json");
    for (int i = 0; i < args.length; i++) {
      String option = args[i];
      if (option.equals("--quick")) {
        quick = true;
        continue;
      }
      if (!Set.of("--only", "--threads", "--backend", "--data", "--json").contains(option)) {
        throw new UsageException("unknown option " + option + "; see bench/peers --help");
      }
      if (++i == args.length) {
        throw new UsageException(option + " wants a value; see bench/peers --help");
      }
      String value = args[i];
      switch (option) {
        case "--only" -> only = works(value);
        case "--threads" -> threads = count(option, value);
        case "--backend" -> backend = value;
        case "--data" -> data = Path.of(value);
        default -> json = Path.of(value);
      }
    }
    Set<String> works = only != null ? only : new LinkedHashSet<>(quick ? QUICK_WORKS : WORKS);
    return new Options(quick, threads, backend, works, data, json);
  }

  private static Set<String> works(String list) {
    Set<String> works = new LinkedHashSet<>(Arrays.asList(list.split(",")));
    for (String work : works) {
      if (!WORKS.contains(work)) {
        throw new UsageException(
            "unknown work " + work + "; known are " + String.join(", ", WORKS));
      }
    }
    return works;
  }

  private static int count(String option, String value) {
    try {
      int count = Integer.parseInt(value);
      if (count >= 1) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new UsageException(option + " wants a number of at least 1, found " + value);
  }
}
