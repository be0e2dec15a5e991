package dev.graft.cli;

import dev.graft.core.plan.Profile;
import dev.graft.core.plan.StepTime;
import dev.graft.importers.PlainText;
import java.io.PrintStream;
import java.util.Locale;

/** What each step of a model takes, as a table. */
final class ProfileTable {

  private static final int LONGEST = 40;

  private static final String ROW = "%-40s %-28s %9s %6s %8s %9s %7s%n";

  private ProfileTable() {}

  /** Prints it: milliseconds and their share, 10^9 operations a second, bytes and their rate. */
  static void print(Profile profile, PrintStream to) {
    double sum = profile.steps().stream().mapToDouble(StepTime::seconds).sum();
    to.printf(Locale.ROOT, ROW, "layer", "step", "ms", "%", "GFLOP/s", "MB", "GB/s");
    for (StepTime step : profile.steps()) {
      double share = sum > 0 ? 100 * step.seconds() / sum : 0;
      to.printf(
          Locale.ROOT,
          ROW,
          shortened(PlainText.of(step.layer())),
          step.work(),
          number(3, 1e3 * step.seconds()),
          number(1, share),
          step.multiplyAdds() == 0 ? "" : number(1, step.gigaflops()),
          number(3, 1e-6 * step.bytes()),
          step.seconds() > 0 ? number(1, 1e-9 * step.bytes() / step.seconds()) : "");
    }
    to.printf(
        Locale.ROOT,
        "%d steps, %.3f ms; the fastest pass%s took %.3f ms. The least time of each over %d"
            + " passes.%n",
        profile.steps().size(),
        1e3 * sum,
        profile.part() == 0 ? "" : " of " + profile.part() + " samples at a time",
        1e3 * profile.seconds(),
        profile.passes());
  }

  private static String number(int digits, double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** The end of a long name: where a layer stands among others is said there. */
  private static String shortened(String name) {
    return name.length() <= LONGEST ? name : "..." + name.substring(name.length() - LONGEST + 3);
  }
}
