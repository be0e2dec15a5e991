package dev.graft.core.train.metric;

import java.util.Locale;

/** Values of metrics as people read them. */
final class Texts {

  private Texts() {}

  static String number(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4g", value);
  }

  static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
