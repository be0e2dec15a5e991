package dev.graft.cli;

import dev.graft.core.backend.Backends;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.tuning.Tuner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code graft backends}: what can compute here. */
@Command(
    name = "backends",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    description =
        "List what can compute here, which one 'auto' takes (*), and why, with the OpenCL devices.")
final class BackendsCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    List<String> lines = new ArrayList<>();
    for (Backends.Description d : Backends.list()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s %-10s %-13s %s",
              d.chosenByAuto() ? "*" : " ",
              d.name(),
              d.available() ? "available" : "not available",
              d.reason()));
    }
    List<OpenClDevice> devices = OpenClDevices.list();
    if (!devices.isEmpty()) {
      lines.add("");
      lines.add("OpenCL devices, for --device:");
      OpenClDevice chosen = OpenClDevices.named("");
      devices.forEach(d -> lines.add(line(d, d.equals(chosen))));
    }
    // At once: who has read enough, as grep -q has, closes the pipe before a second line.
    System.out.println(String.join(System.lineSeparator(), lines));
    return 0;
  }

  private static String line(OpenClDevice device, boolean chosen) {
    String why =
        chosen
            ? "taken by --backend opencl: " + (device.isGpu() ? "the first GPU" : "there is no GPU")
            : "taken where --device names it";
    String precisions =
        Arrays.stream(Precision.values())
            .filter(precision -> precision.problem(device).isEmpty())
            .map(Precision::word)
            .collect(Collectors.joining(", "));
    return String.format(
        Locale.ROOT,
        "  %d  %s%n     %s; %s; driver %s; largest buffer %.1f GiB; precisions %s; %s",
        device.index(),
        device.summary(),
        why,
        device.version().strip(),
        device.driver().strip(),
        device.maxAllocation() / (double) (1L << 30),
        precisions,
        tuned(device));
  }

  /** The files of tiles, one for each kind: halves are multiplied as float32. */
  private static String tuned(OpenClDevice device) {
    List<String> files = new ArrayList<>();
    for (Precision precision : List.of(Precision.FLOAT32, Precision.TF32, Precision.BF16)) {
      String kind = precision == Precision.FLOAT32 ? "" : " for " + precision.word();
      Tuner.kept(device, precision).ifPresent(file -> files.add("tuned" + kind + ": " + file));
    }
    return files.isEmpty() ? "not tuned" : String.join("; ", files);
  }
}
