package dev.graft.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * How much of the processors other programs took meanwhile. Native thread pools cut work into equal
 * parts and wait for the slowest, so that a busy machine flatters whoever shares it out more
 * finely: such ratios are worth little.
 */
final class Neighbours {

  private static final double QUIET = 0.05;

  private final long[] before = read();

  /** One line about the time since this was made; empty where the system does not tell. */
  String report() {
    long[] now = read();
    long all = now[0] - before[0];
    if (all <= 0) {
      return "";
    }
    double others = Math.max(0, (now[1] - before[1] - (now[2] - before[2])) / (double) all);
    return String.format(
        Locale.ROOT,
        "other programs took %.0f %% of the processors%s",
        100 * others,
        others > QUIET ? ": repeat this on a quiet machine before you believe it" : "");
  }

  /** Ticks of all processors since start: all, not idle, and of this process and its children. */
  private static long[] read() {
    try {
      String[] cpu = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
      long all = 0;
      for (int i = 1; i <= 8; i++) {
        all += Long.parseLong(cpu[i]);
      }
      long idle = Long.parseLong(cpu[4]) + Long.parseLong(cpu[5]);
      String self = Files.readString(Path.of("/proc/self/stat"));
      // The name of the process, which stands in brackets, may hold blanks.
      String[] own = self.substring(self.lastIndexOf(')') + 2).split("\\s+");
      long ticks = 0;
      for (int i = 11; i <= 14; i++) {
        ticks += Long.parseLong(own[i]);
      }
      return new long[] {all, all - idle, ticks};
    } catch (IOException | RuntimeException e) {
      return new long[3];
    }
  }
}
