package dev.graft.core.data.picture;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The part of a data set that a folder's name says it holds. */
enum SplitRole {
  TRAINING("train", "training", "trn", "trainval"),
  VALIDATION("val", "valid", "validation", "validate", "dev", "development", "eval", "evaluation"),
  TEST("test", "testing", "tst", "holdout");

  /** Words that name a folder's contents and not its part: {@code training_set}, TestImages. */
  private static final Set<String> FILLERS =
      Set.of(
          "set",
          "data",
          "dataset",
          "images",
          "image",
          "imgs",
          "img",
          "pictures",
          "photos",
          "split",
          "folder",
          "samples");

  private static final Set<String> CLASSES =
      Set.of("train", "training", "valid", "dev", "development");

  private final Set<String> spellings;

  SplitRole(String... spellings) {
    this.spellings = Set.of(spellings);
  }

  /**
   * What a folder of that name is, in any case and with fillers or a number: {@code Train}, {@code
   * training_set}, {@code ValidationData}, {@code val2017}; null if the name says nothing.
   */
  static @Nullable SplitRole of(String folder) {
    List<String> words = words(folder).filter(word -> !FILLERS.contains(word)).toList();
    return words.size() == 1 ? ofWord(words.get(0)) : null;
  }

  /** Whether a word of the name would say it if it stood alone, as in {@code seg_train}. */
  static boolean isMentioned(String folder) {
    return words(folder).anyMatch(word -> ofWord(word) != null);
  }

  /** Whether a name that says a part is a word for other things too, such as trains. */
  static boolean mayBeClass(String folder) {
    return CLASSES.contains(folder.strip().toLowerCase(Locale.ROOT));
  }

  private static Stream<String> words(String folder) {
    return Arrays.stream(folder.toLowerCase(Locale.ROOT).split("[^\\p{L}]+"))
        .filter(word -> !word.isEmpty());
  }

  private static @Nullable SplitRole ofWord(String word) {
    String stem =
        FILLERS.stream()
            .filter(filler -> word.endsWith(filler) && word.length() > filler.length())
            .map(filler -> word.substring(0, word.length() - filler.length()))
            .filter(s -> direct(s) != null)
            .findFirst()
            .orElse(word);
    return direct(stem);
  }

  private static @Nullable SplitRole direct(String word) {
    return Arrays.stream(values())
        .filter(role -> role.spellings.contains(word))
        .findFirst()
        .orElse(null);
  }
}
