package dev.graft.cli.run;

import dev.graft.core.data.Labelled;
import dev.graft.core.data.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a run says of its data before it begins. */
final class DataLines {

  private static final int CLASSES_SHOWN = 10;

  private DataLines() {}

  /**
   * The numbers of pictures and the first ten classes with theirs, to learn from and to validate
   * on; whether there is a test; then the split's notes.
   */
  static List<String> of(Split<? extends Labelled> data) {
    List<String> classes = data.training().classes();
    int[] learnt = data.training().countsOfClasses();
    int[] measured = data.validation().countsOfClasses();
    String named =
        IntStream.range(0, Math.min(CLASSES_SHOWN, classes.size()))
            .mapToObj(i -> classes.get(i) + " " + learnt[i] + "+" + measured[i])
            .collect(Collectors.joining(", "));
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "data: %d %s to learn from, %d to validate on, %d classes: %s%s",
            data.training().size(),
            data.training().noun(),
            data.validation().size(),
            classes.size(),
            named,
            classes.size() > CLASSES_SHOWN ? ", …" : ""));
    @Nullable Labelled test = data.test();
    if (test != null) {
      lines.add("data: " + test.size() + " " + test.noun() + " to test on, read once, at the end");
    }
    data.notes().forEach(note -> lines.add("note: " + note));
    return lines;
  }
}
