package dev.graft.cli.report;

import dev.graft.cli.page.BarChart;
import dev.graft.cli.page.Html;
import dev.graft.core.transfer.assess.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * The reliability diagram (Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural
 * Networks", ICML 2017): of what is said with 80 to 90 % confidence, how much is right. Bars end on
 * the diagonal where confidence is worth what it says.
 */
final class Reliability {

  private static final int BINS = 10;

  private Reliability() {}

  static Html of(List<Verdict> verdicts) {
    int[] all = new int[BINS];
    int[] right = new int[BINS];
    for (Verdict verdict : verdicts) {
      int bin = Math.max(0, Math.min(BINS - 1, (int) Math.ceil(verdict.confidence() * BINS) - 1));
      all[bin]++;
      right[bin] += verdict.isRight() ? 1 : 0;
    }
    BarChart chart = new BarChart("confidence", "share that is right").diagonal();
    for (int b = 0; b < BINS; b++) {
      double from = b / (double) BINS;
      double to = (b + 1) / (double) BINS;
      double share = all[b] == 0 ? 0 : right[b] / (double) all[b];
      String said =
          String.format(Locale.ROOT, "%.1f to %.1f: %d of %d right", from, to, right[b], all[b]);
      chart.bar(from, to, share, said);
    }
    return verdicts.isEmpty() ? Html.NONE : chart.html();
  }
}
