package dev.graft.bench.peers;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Rows as text. */
final class Table {

  private Table() {}

  /** One row, as it is shown while others still run. */
  static String line(Row row) {
    return String.format(
        Locale.ROOT,
        "%-16s %-16s %5s  graft %9.4g  %-11s %9.4g %-8s ratio %5.2f",
        row.work(),
        Objects.requireNonNullElse(row.network(), row.shape()),
        row.batch() == null ? "" : row.batch().toString(),
        row.graft(),
        row.peerName(),
        row.peer(),
        row.unit(),
        row.ratio());
  }

  /** All rows, and for each kind of work and peer the geometric mean and the least ratio. */
  static void print(List<Row> rows, PrintStream out) {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      String key = row.work() + " against " + row.peerName();
      groups.computeIfAbsent(key, k -> new java.util.ArrayList<>()).add(row);
    }
    groups.forEach(
        (title, group) -> {
          out.printf("%n%s%n", title);
          out.printf("| network or shape | batch | graft | peer | unit | ratio |%n");
          out.printf("| --- | --- | --- | --- | --- | --- |%n");
          group.forEach(row -> out.println(cells(row)));
          double[] ratios = group.stream().mapToDouble(Row::ratio).toArray();
          double logs = java.util.Arrays.stream(ratios).map(Math::log).average().orElse(0);
          double least = java.util.Arrays.stream(ratios).min().orElse(0);
          out.printf(Locale.ROOT, "geometric mean %.2f, least %.2f%n", Math.exp(logs), least);
        });
  }

  private static String cells(Row row) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.4g | %.4g | %s | %.2f |",
        Objects.requireNonNullElse(row.network(), row.shape()),
        row.batch() == null ? "" : row.batch().toString(),
        row.graft(),
        row.peer(),
        row.unit(),
        row.ratio());
  }
}
