package dev.graft.core.insight.data;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.picture.DataParts;
import dev.graft.core.data.picture.Look;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.insight.Activations;
import dev.graft.core.insight.data.ConfidentLearning.Doubt;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.probe.LinearProbe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what is wrong with pictures before anything is trained on them, in one pass: each is
 * decoded once, and runs once through the trunk of a model, frozen as it is. Nothing on disk is
 * changed.
 */
public final class DataCheck {

  /** Fewer pictures of a class teach little, and hardly tell which of them are wrong. */
  public static final int FEW = 10;

  /** With fewer pictures of a class a probe without one of them knows too little of it. */
  private static final int LEAST_TO_JUDGE = 5;

  private final Album album;
  private final List<String> notes = new ArrayList<>();

  private DataCheck(Album album) {
    this.album = album;
    notes.addAll(album.notes());
  }

  /**
   * Looks at sizes, light and copies alone.
   *
   * @param threads that read pictures
   * @throws DataException if no picture can be read
   */
  public static DataReport of(DataParts parts, int threads, TrainListener listener) {
    DataCheck check = new DataCheck(new Album(parts));
    Examination seen = new Examination(check.album, "picture", null);
    Activations.pass(seen, threads, listener);
    check.notes.add("labels were not looked at: that takes a model (--model)");
    return check.report(seen, null, Copies.among(seen.looks()), List.of());
  }

  /**
   * Looks at labels too, by heads on the features of a model's trunk.
   *
   * @param model carries its preprocessing; one without a head is taken for a trunk as a whole
   * @param backend computes, and stays the caller's to close
   * @param threads that read pictures
   * @throws DataException if no picture can be read
   * @throws dev.graft.core.graph.GraphException if the model carries no preprocessing
   */
  public static DataReport of(
      DataParts parts, Model model, Backend backend, int threads, TrainListener listener) {
    DataCheck check = new DataCheck(new Album(parts));
    Activations activations = new Activations(model, backend, threads);
    Preprocessing preprocessing = activations.preprocessing();
    Examination seen = new Examination(check.album, model.graph().input().name(), preprocessing);
    String trunk = activations.trunk();
    float[][] features =
        activations.of(List.of(trunk), Activations.Summary.MEANS, seen, listener).get(trunk);
    List<Copies> copies = Copies.among(seen.looks());
    return check.report(seen, preprocessing, copies, check.suspects(features, seen, copies));
  }

  private DataReport report(
      Examination seen,
      @Nullable Preprocessing preprocessing,
      List<Copies> copies,
      List<Suspect> suspects) {
    List<@Nullable Look> looks = seen.looks();
    int[] read = IntStream.range(0, looks.size()).filter(i -> looks.get(i) != null).toArray();
    if (read.length == 0) {
      int first = seen.unreadable().firstKey();
      throw new DataException(
          "none of "
              + album.size()
              + " pictures could be read; the first: "
              + album.name(first)
              + " "
              + seen.unreadable().get(first));
    }
    List<Look> known =
        Arrays.stream(read).mapToObj(i -> Objects.requireNonNull(looks.get(i))).toList();
    return new DataReport(
        album,
        seen.unreadable(),
        copies,
        suspects,
        classes(read, known, copies),
        Trait.of(known, where(read, i -> album.part(i) == Album.Part.VALIDATION)),
        InputFit.of(known, preprocessing),
        notes);
  }

  private static boolean[] where(int[] read, IntPredicate is) {
    boolean[] where = new boolean[read.length];
    for (int at = 0; at < read.length; at++) {
      where[at] = is.test(read[at]);
    }
    return where;
  }

  private List<ClassSummary> classes(int[] read, List<Look> known, List<Copies> copies) {
    Set<Integer> further = further(copies);
    List<ClassSummary> classes = new ArrayList<>();
    for (int k = 0; k < album.classes().size(); k++) {
      int label = k;
      Map<Album.Part, Long> files =
          Arrays.stream(read)
              .filter(i -> album.label(i) == label)
              .boxed()
              .collect(Collectors.groupingBy(album::part, Collectors.counting()));
      int learnt =
          (int)
              Arrays.stream(read)
                  .filter(i -> album.label(i) == label && !further.contains(i))
                  .filter(i -> album.part(i) == Album.Part.TRAINING)
                  .count();
      classes.add(
          new ClassSummary(
              album.classes().get(label),
              learnt,
              files.getOrDefault(Album.Part.VALIDATION, 0L).intValue(),
              files.getOrDefault(Album.Part.TEST, 0L).intValue(),
              learnt < FEW,
              Trait.of(known, where(read, i -> album.label(i) == label))));
    }
    return classes;
  }

  /** Of every picture there is more than once, the files behind the first. */
  private static Set<Integer> further(List<Copies> copies) {
    Set<Integer> further = new HashSet<>();
    copies.forEach(c -> further.addAll(c.pictures().subList(1, c.pictures().size())));
    return further;
  }

  /**
   * Copies would vouch for each other, so that one of each teaches the probe; then the doubtful
   * ones are left out and judged again by a probe that learnt from none of them.
   */
  private List<Suspect> suspects(float[][] features, Examination seen, List<Copies> copies) {
    Set<Integer> left = new HashSet<>(further(copies));
    left.addAll(seen.unreadable().keySet());
    int[] counts = new int[album.classes().size()];
    for (int i = 0; i < album.size(); i++) {
      if (!left.contains(i) && album.label(i) != Pictures.UNLABELLED) {
        counts[album.label(i)]++;
      }
    }
    List<String> rare =
        IntStream.range(0, counts.length)
            .filter(k -> counts[k] < LEAST_TO_JUDGE)
            .mapToObj(album.classes()::get)
            .toList();
    if (!rare.isEmpty()) {
      notes.add(
          rare.size()
              + " of "
              + counts.length
              + " classes have fewer than "
              + LEAST_TO_JUDGE
              + " different pictures; their labels were not looked at");
    }
    int[] judged =
        IntStream.range(0, album.size())
            .filter(i -> !left.contains(i) && album.label(i) != Pictures.UNLABELLED)
            .filter(i -> counts[album.label(i)] >= LEAST_TO_JUDGE)
            .toArray();
    if (rare.size() > counts.length - 2) {
      return List.of();
    }
    return judge(judged, features).stream()
        .map(
            doubt ->
                new Suspect(
                    judged[doubt.example()], doubt.label(), doubt.suggested(), doubt.confidence()))
        .toList();
  }

  private List<Doubt> judge(int[] judged, float[][] features) {
    float[][] rows = Arrays.stream(judged).mapToObj(i -> features[i]).toArray(float[][]::new);
    int[] labels = Arrays.stream(judged).map(album::label).toArray();
    double[][] said = LinearProbe.fit(rows, labels, album.classes().size()).heldOut();
    List<Doubt> first = ConfidentLearning.doubts(said, labels);
    Set<Integer> doubtful = first.stream().map(Doubt::example).collect(Collectors.toSet());
    int[] sure = IntStream.range(0, labels.length).filter(i -> !doubtful.contains(i)).toArray();
    if (doubtful.isEmpty() || sure.length < 2) {
      return first;
    }
    LinearProbe clean =
        LinearProbe.fit(
            Arrays.stream(sure).mapToObj(i -> rows[i]).toArray(float[][]::new),
            Arrays.stream(sure).map(i -> labels[i]).toArray(),
            album.classes().size());
    double[][] heldOut = clean.heldOut();
    for (int at = 0; at < sure.length; at++) {
      said[sure[at]] = heldOut[at];
    }
    for (int example : doubtful) {
      said[example] = clean.probabilities(rows[example]);
    }
    return ConfidentLearning.doubts(said, labels);
  }
}
