package dev.graft.bench.gpu;

import dev.graft.bench.json.JsonFile;
import dev.graft.core.backend.BackendException;
import dev.graft.kernels.opencl.device.OpenClDevice;
import dev.graft.kernels.opencl.device.OpenClDevices;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Measures an OpenCL device; {@code bench/gpu} starts it. */
public final class Main {

  private Main() {}

  /**
   * Exits with 0; with 1 if there is no device, or none of that name, or nothing ran on it; with 2
   * on wrong usage.
   */
  public static void main(String[] args) {
    if (Arrays.asList(args).contains("--help")) {
      System.out.print(Options.HELP);
      return;
    }
    System.exit(run(List.of("python3"), System.out, args));
  }

  /** Returns the exit status. */
  static int run(List<String> python, PrintStream out, String... args) {
    try {
      Options options = Options.parse(args);
      OpenClDevice device = OpenClDevices.named(options.device());
      try (PyTorch peer = PyTorch.start(python, device, PyTorch.LIMIT)) {
        return measure(options, device, peer, out);
      }
    } catch (Options.UsageException e) {
      return fail(e, 2);
    } catch (BackendException | IOException e) {
      return fail(e, 1);
    }
  }

  private static int fail(Exception e, int status) {
    System.err.println("error: " + e.getMessage());
    return status;
  }

  /**
   * Each piece of work here and then at the peer, so that both meet the same neighbours.
   *
   * @return 0, or 1 if Graft could do none of it
   */
  private static int measure(Options options, OpenClDevice device, PyTorch peer, PrintStream out)
      throws IOException {
    long start = System.nanoTime();
    Peak peak = Peak.of(device);
    out.println("device: " + device.summary());
    out.println("driver: " + device.driver().strip());
    out.println("peak:   " + peak.how());
    out.println("peer:   " + peer.summary());
    DeviceRun graft = new DeviceRun(device, options.effort());
    List<Row> rows = new ArrayList<>();
    for (Work work : Works.of(options.scale())) {
      if (!options.only().contains(work.work())) {
        continue;
      }
      Optional<String> problem = work.precision().problem(device);
      if (problem.isPresent()) {
        out.println(Table.notRun(work, problem.get()));
        continue;
      }
      DeviceRun.Times times = graft.time(work);
      Double peerSeconds = peer.seconds(work);
      Row row = Row.of(work, device, peak, times, peerSeconds, peer.name());
      rows.add(row);
      out.println(Table.line(row));
      if (times.problem() != null) {
        out.println("    graft: " + times.problem());
      }
      if (peerSeconds == null && peer.problem() != null) {
        out.println("    " + peer.problem());
      }
      if (options.profile()) {
        Table.kernels(times, out);
      }
    }
    Table.print(rows, out);
    JsonFile.write(rows, options.json());
    out.printf(
        Locale.ROOT,
        "%n%d rows in %s, %.0f s; the ratio is by the wall; above 1 Graft is faster%n",
        rows.size(),
        options.json(),
        (System.nanoTime() - start) / 1e9);
    return rows.stream().anyMatch(row -> row.graft() != null) ? 0 : 1;
  }
}
