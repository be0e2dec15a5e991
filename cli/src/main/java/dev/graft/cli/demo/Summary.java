package dev.graft.cli.demo;

import java.util.List;
import java.util.Locale;

/**
 * What the attempts of one way come to.
 *
 * @param accuracy mean over the seeds, in per cent
 * @param spread standard deviation over the seeds, in points
 * @param seconds mean of the training
 * @param trained number of parameters that are trained
 */
record Summary(Way way, double accuracy, double spread, double seconds, long trained) {

  /** Of all attempts, those of {@code way}. */
  static Summary of(Way way, List<Attempt> all) {
    List<Attempt> attempts = all.stream().filter(attempt -> attempt.way() == way).toList();
    double mean = attempts.stream().mapToDouble(Attempt::accuracy).average().orElse(Double.NaN);
    double squares =
        attempts.stream().mapToDouble(a -> (a.accuracy() - mean) * (a.accuracy() - mean)).sum();
    return new Summary(
        way,
        mean,
        Math.sqrt(squares / Math.max(1, attempts.size() - 1)),
        attempts.stream().mapToDouble(Attempt::seconds).average().orElse(Double.NaN),
        attempts.isEmpty() ? 0 : attempts.get(0).trained());
  }

  String accuracyText() {
    return String.format(Locale.ROOT, "%.1f ± %.1f %%", accuracy, spread);
  }

  String secondsText() {
    return String.format(Locale.ROOT, "%.1f", seconds);
  }

  String trainedText() {
    return String.format(Locale.ROOT, "%,d", trained);
  }

  /** A sentence on how far this way is ahead of another, as it is. */
  String against(Summary other, String what) {
    double gain = accuracy - other.accuracy;
    double larger = Math.max(spread, other.spread);
    String measured =
        String.format(Locale.ROOT, "%+.1f points, where the seeds differ by %.1f", gain, larger);
    return what + (gain > larger ? ": " : " shows nothing here: ") + measured + ".";
  }
}
