package dev.graft.core.insight.data;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;

/**
 * What was found in a data set. Pictures are numbers in the album.
 *
 * @param album the pictures
 * @param unreadable why a picture cannot be read, by its number
 * @param copies files that are one picture
 * @param suspects labels that are likely wrong, the most doubtful first
 * @param classes in their order
 * @param validation how the pictures to validate on differ from those to learn from by their looks
 * @param input size and light of the pictures
 * @param notes what else should be told, a line each: what was ignored, what could not be judged
 */
public record DataReport(
    Album album,
    SortedMap<Integer, String> unreadable,
    List<Copies> copies,
    List<Suspect> suspects,
    List<ClassSummary> classes,
    List<Trait> validation,
    InputFit input,
    List<String> notes) {

  public DataReport {
    unreadable = Collections.unmodifiableSortedMap(new TreeMap<>(unreadable));
    copies = List.copyOf(copies);
    suspects = List.copyOf(suspects);
    classes = List.copyOf(classes);
    validation = List.copyOf(validation);
    notes = List.copyOf(notes);
  }

  /** Those copies that lie in more than one part: what is measured on them was learnt. */
  public List<Copies> leaks() {
    return copies.stream().filter(c -> different(c, i -> album.part(i).ordinal())).toList();
  }

  /** Those copies that have different labels. */
  public List<Copies> conflicts() {
    return copies.stream().filter(c -> different(c, album::label)).toList();
  }

  private static boolean different(Copies copies, IntUnaryOperator of) {
    return copies.pictures().stream().map(of::applyAsInt).distinct().count() > 1;
  }
}
