package dev.graft.core.data.picture;

import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.data.Strata;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a data set as they lie on disk, before anything is held out.
 *
 * @param training to learn from; all pictures where they are in one part
 * @param validation to choose by; null where there is no folder for that
 * @param test to measure on at the end; null where there is no folder for that
 * @param notes what was ignored or could surprise, a line each
 */
public record DataParts(
    Pictures training, @Nullable Pictures validation, @Nullable Pictures test, List<String> notes) {

  public DataParts {
    notes = List.copyOf(notes);
  }

  /**
   * The same without some pictures, and a note of how many were left out.
   *
   * @param files their names, as {@link Pictures#name} has them
   * @throws DataException if none of the names is one of these pictures', or a class or part loses
   *     its last picture
   */
  public DataParts without(Set<String> files) {
    if (files.isEmpty()) {
      return this;
    }
    int before = size();
    DataParts kept =
        new DataParts(
            kept("training", training, files),
            validation == null ? null : kept("validation", validation, files),
            test == null ? null : kept("test", test, files),
            notes);
    int excluded = before - kept.size();
    if (excluded == 0) {
      throw new DataException(
          "none of the "
              + files.size()
              + " files to exclude is in the data; expected names such as "
              + training.name(0)
              + ", found "
              + files.iterator().next());
    }
    int[] left = kept.training.countsOfClasses();
    for (int label = 0; label < left.length; label++) {
      if (left[label] == 0) {
        throw new DataException(
            "nothing to learn from is left of the class "
                + training.classes().get(label)
                + "; exclude fewer of its pictures");
      }
    }
    List<String> lines = new ArrayList<>();
    int absent = files.size() - excluded;
    lines.add(
        "excluded "
            + excluded
            + (excluded == 1 ? " picture" : " pictures")
            + (absent > 0 ? "; " + absent + " of those listed are not in the data" : ""));
    lines.addAll(notes);
    return new DataParts(kept.training, kept.validation, kept.test, lines);
  }

  private static Pictures kept(String part, Pictures pictures, Set<String> files) {
    int[] indices =
        IntStream.range(0, pictures.size())
            .filter(i -> !files.contains(pictures.name(i)))
            .toArray();
    if (indices.length == 0) {
      throw new DataException("no " + part + " picture is left; exclude fewer of them");
    }
    return indices.length == pictures.size() ? pictures : pictures.subset(indices);
  }

  private int size() {
    return training.size()
        + (validation == null ? 0 : validation.size())
        + (test == null ? 0 : test.size());
  }

  /**
   * To learn from and to choose by: where nothing is there to validate on, a share of the training
   * is held out, the same of every class.
   *
   * @param fraction of the training, in (0, 1)
   * @param seed of that choice
   * @throws DataException if the share is none, or leaves nothing to validate on
   */
  public Split<Pictures> split(double fraction, long seed) {
    expectShare(fraction);
    Split<Pictures> split =
        validation == null
            ? Strata.split(training, training::subset, fraction, seed)
            : new Split<>(training, validation);
    List<String> lines = new ArrayList<>(unmeasured(split));
    lines.addAll(notes);
    return new Split<>(split.training(), split.validation(), test, lines);
  }

  /**
   * For a run that chooses more than its best epoch: by a share of the training pictures alone, so
   * that what there is to validate on can be read at the end, as a test.
   *
   * @param fraction as in {@link #split}
   * @param seed as in {@link #split}
   * @return the test is what validates, or else what tests
   * @throws DataException as {@link #split}
   */
  public Split<Pictures> splitToChoose(double fraction, long seed) {
    Split<Pictures> split = split(fraction, seed);
    if (validation == null) {
      return split;
    }
    Split<Pictures> chosen = Strata.split(training, training::subset, fraction, seed);
    return new Split<>(chosen.training(), chosen.validation(), validation, split.notes());
  }

  static void expectShare(double fraction) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new DataException("the share for validation must be in (0, 1), found " + fraction);
    }
  }

  /** What is said of classes that nothing is measured of. */
  private static List<String> unmeasured(Split<Pictures> split) {
    int[] counts = split.validation().countsOfClasses();
    List<String> classes = split.training().classes();
    List<String> missing =
        IntStream.range(0, counts.length)
            .filter(label -> counts[label] == 0)
            .mapToObj(classes::get)
            .toList();
    return missing.isEmpty()
        ? List.of()
        : List.of(
            "no picture to validate on for "
                + missing.size()
                + " of "
                + classes.size()
                + " classes: "
                + DataFolders.list(missing));
  }
}
