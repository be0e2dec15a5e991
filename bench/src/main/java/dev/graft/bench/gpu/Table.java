package dev.graft.bench.gpu;

import dev.graft.kernels.opencl.device.Profile;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows as text; {@code ?} stands for what is not known, and nothing for what there is not. */
final class Table {

  private Table() {}

  /** All rows in Markdown, then the geometric mean of each kind's ratios. */
  static void print(List<Row> rows, PrintStream out) {
    out.printf("%n| work | shape | batch | graft | by device time | peer | ratio | unit |");
    out.printf(" of peak | GB/s |%n");
    out.printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |%n");
    rows.forEach(row -> out.println(cells(row)));
    Map<String, double[]> means = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.ratio() != null) {
        double[] sum = means.computeIfAbsent(row.work(), w -> new double[2]);
        sum[0] += Math.log(row.ratio());
        sum[1]++;
      }
    }
    if (!means.isEmpty()) {
      out.printf("%ngeometric mean of the ratios%n");
    }
    means.forEach(
        (work, sum) ->
            out.printf(
                Locale.ROOT, "%-18s %.2f of %.0f%n", work, Math.exp(sum[0] / sum[1]), sum[1]));
  }

  private static String cells(Row row) {
    return String.join(
        " | ",
        "| " + row.work(),
        row.shape(),
        row.batch() == null ? "" : row.batch().toString(),
        number("%.4g", row.graft()),
        number("%.4g", row.graftDevice()),
        number("%.4g", row.peer()),
        number("%.2f", row.ratio()),
        row.unit(),
        row.ofPeak() == null ? "?" : number("%.0f %%", 100 * row.ofPeak()),
        number("%.4g", row.gigabytes()) + " |");
  }

  /** One row, while others still run. */
  static String line(Row row) {
    return String.format(
        Locale.ROOT,
        "%-16s %-24s %4s  graft %9s (device %9s)  peer %9s %-8s ratio %s",
        row.work(),
        row.shape(),
        Objects.toString(row.batch(), ""),
        number("%.4g", row.graft()),
        number("%.4g", row.graftDevice()),
        row.peer() == null ? "-" : number("%.4g", row.peer()),
        row.unit(),
        row.ratio() == null ? "-" : number("%.2f", row.ratio()));
  }

  /** Work that the device cannot do. */
  static String notRun(Work work, String why) {
    return String.format(Locale.ROOT, "%-16s %-24s not run: %s", work.work(), work.shape(), why);
  }

  /** Where the time on the device goes, per call, the longest first. */
  static void kernels(DeviceRun.Times times, PrintStream out) {
    double all = times.kernels().values().stream().mapToLong(Profile.Total::nanoseconds).sum();
    times.kernels().entrySet().stream()
        .sorted(Comparator.comparingLong(e -> -e.getValue().nanoseconds()))
        .forEach(
            e ->
                out.printf(
                    Locale.ROOT,
                    "    %-32s %8.1f launches %10.4f ms %5.1f %%%n",
                    e.getKey(),
                    e.getValue().launches() / (double) times.calls(),
                    e.getValue().nanoseconds() / 1e6 / times.calls(),
                    100 * e.getValue().nanoseconds() / all));
  }

  private static String number(String format, @Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, format, value);
  }
}
