package dev.graft.bench.gpu;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The command line.
 *
 * @param device number or part of the name; empty for the first GPU, or the first device
 * @param scale how much of everything
 * @param profile whether kernels are listed
 * @param only names of {@link Works#NAMES}
 * @param json where the rows go
 */
record Options(String device, Scale scale, boolean profile, Set<String> only, Path json) {

  static final String HELP =
      """
      Usage: bench/gpu [--device DEVICE] [--quick|--tiny] [--profile] [--only WORK,…] [--json FILE]
      Measures Graft on an OpenCL device and, where python3 has PyTorch, PyTorch on the same device.

        --device DEVICE  number or a part of the name in 'graft backends' (default: the first GPU)
        --quick          fewer layers and batches of 4, for a processor
        --tiny           sizes that show only that everything runs; a matter of seconds
        --profile        list the time on the device by kernel
        --only WORK,…    some of: %s
        --json FILE      where the rows go (default: bench/target/gpu.json)
      """
          .formatted(String.join(", ", Works.NAMES));

  /** How much of everything. */
  enum Scale {
    FULL,
    QUICK,
    TINY
  }

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
    String device = "";
    Scale scale = Scale.FULL;
    boolean profile = false;
    Set<String> only = Set.copyOf(Works.NAMES);
    Path json = Path.of("bench/target/gpu.json");
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> scale = Scale.QUICK;
        case "--tiny" -> scale = Scale.TINY;
        case "--profile" -> profile = true;
        case "--device" -> device = value(args, ++i);
        case "--only" -> only = works(value(args, ++i));
        case "--json" -> json = Path.of(value(args, ++i));
        default -> throw new UsageException("unknown option " + args[i] + "; see bench/gpu --help");
      }
    }
    return new Options(device, scale, profile, only, json);
  }

  Stopwatch.Effort effort() {
    return scale == Scale.TINY ? Stopwatch.Effort.LEAST : Stopwatch.Effort.FULL;
  }

  private static String value(String[] args, int i) {
    if (i == args.length || args[i].isBlank()) {
      throw new UsageException(args[i - 1] + " wants a value; see bench/gpu --help");
    }
    return args[i];
  }

  private static Set<String> works(String list) {
    List<String> works = Arrays.asList(list.split(","));
    for (String work : works) {
      if (!Works.NAMES.contains(work)) {
        throw new UsageException(
            "unknown work " + work + "; known are " + String.join(", ", Works.NAMES));
      }
    }
    return new HashSet<>(works);
  }
}
