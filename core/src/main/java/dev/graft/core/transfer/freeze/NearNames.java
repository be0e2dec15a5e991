package dev.graft.core.transfer.freeze;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The names that somebody who mistyped one may have meant. */
final class NearNames {

  private static final int SHOWN = 5;

  private NearNames() {}

  /** Those that take the fewest edits to begin like {@code pattern}, in the order of the names. */
  static List<String> of(String pattern, List<String> names) {
    String typed = pattern.replaceAll("[*?]", "").toLowerCase(Locale.ROOT);
    List<String> nearest =
        names.stream()
            .distinct()
            .sorted(Comparator.comparingInt(name -> edits(typed, name.toLowerCase(Locale.ROOT))))
            .limit(SHOWN)
            .toList();
    return names.stream().distinct().filter(nearest::contains).toList();
  }

  /**
   * The fewest insertions, deletions and substitutions that make a beginning of {@code name} of the
   * text (Levenshtein).
   */
  private static int edits(String text, String name) {
    int[] row = new int[name.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= text.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (text.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    int fewest = row[0];
    for (int edits : row) {
      fewest = Math.min(fewest, edits);
    }
    return fewest;
  }
}
