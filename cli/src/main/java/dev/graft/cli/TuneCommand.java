package dev.graft.cli;

import dev.graft.cli.terminal.Screen;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import dev.graft.kernels.opencl.device.Precision;
import dev.graft.kernels.opencl.tuning.Tuner;
import dev.graft.kernels.opencl.tuning.Tuning;
import dev.graft.kernels.opencl.tuning.TuningEvent;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code graft tune}: measures how an OpenCL device multiplies fastest. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    optionListHeading = "%nOptions:%n",
    abbreviateSynopsis = true,
    sortOptions = false,
    description =
        "Measure how an OpenCL device multiplies fastest, and keep it for '--backend opencl'. Let"
            + " nothing else use the device meanwhile.")
final class TuneCommand implements Callable<Integer> {

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      description =
          "its number or a part of its name in 'graft backends' (default: the first GPU, or the"
              + " first device where there is no GPU)")
  private @Nullable String device;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      description =
          "what to measure: float32, which half shares, or tf32 or bf16, where the device has them"
              + " (default: float32)")
  private @Nullable String precision;

  @Option(names = "--quiet", description = "print errors only")
  private boolean quiet;

  @Option(
      names = "--stacktrace",
      description = "show where an error came from, and why tiles were skipped")
  private boolean stackTrace;

  private int candidates;

  @Override
  public Integer call() {
    OpenClDevice chosen = device == null ? OpenClDevices.chosen() : OpenClDevices.named(device);
    Precision wanted = precision == null ? Precision.chosen() : Precision.named(precision);
    try (Screen shown = new Screen(quiet)) {
      shown.print("device: " + chosen.index() + " " + chosen.summary());
      Tuning tuning = new Tuner(chosen, wanted, event -> on(event, shown)).tune();
      shown.print(
          line(tuning.large()) + "; " + line(tuning.small()) + "; kept in " + tuning.file());
    }
    return 0;
  }

  private void on(TuningEvent event, Screen shown) {
    if (event instanceof TuningEvent.Started started) {
      candidates = started.candidates();
      shown.print(started.kind() + " results: " + started.candidates() + " tiles to measure");
      shown.startBar(started.kind(), started.units());
    } else if (event instanceof TuningEvent.Progress progress) {
      shown.moveBar(progress.done());
    } else if (event instanceof TuningEvent.Skipped skipped) {
      if (stackTrace) {
        System.err.println("skipped " + skipped.kind() + " tile " + skipped.tile() + ":");
        skipped.cause().printStackTrace();
      }
    } else if (event instanceof TuningEvent.Ended ended) {
      shown.removeBar();
      shown.print(
          ended.kind() + " results: " + ended.measured() + " of " + candidates + " run here");
    }
  }

  private static String line(TuningEvent.Ended kind) {
    return kind.kind()
        + " results: tile "
        + kind.tile()
        + ", "
        + speed(kind.before())
        + " GFLOP/s before and "
        + speed(kind.after())
        + " after";
  }

  private static String speed(double gigaflops) {
    return Double.isNaN(gigaflops) ? "no" : String.format(Locale.ROOT, "%.1f", gigaflops);
  }
}
