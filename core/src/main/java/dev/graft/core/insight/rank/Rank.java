package dev.graft.core.insight.rank;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.Activations;
import dev.graft.core.insight.Cuts;
import dev.graft.core.insight.Cuts.Cut;
import dev.graft.core.insight.LogMe;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.probe.LinearProbe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Scores networks, and cuts of each, for what they are worth as a start on some pictures: from one
 * pass of the pictures through each network as it is, without any training. The linear probe ranks;
 * {@code tests/transfer/rank} measures what each score foretells of the accuracy after fine-tuning.
 */
public final class Rank {

  /** What ranks, and why, in a sentence. */
  public static final String MEASURED =
      "The probe ranks: its unit is what counts, accuracy, of which it was 6 points off after"
          + " fine-tuning. Measured on cuts of five networks (tests/transfer/rank), its order agreed"
          + " with that better than the number of parameters on ten classes of CIFAR (Kendall's tau"
          + " 0.82 against 0.47), and no better on ants and bees (0.43 against 0.51).";

  private Rank() {}

  /**
   * Scores the cuts of one network.
   *
   * @param name what to call it
   * @param model carries its preprocessing
   * @param pictures with classes, at least two
   * @param cuts at most so many, at equal steps of depth
   * @param backend computes, and stays the caller's to close
   * @param threads that read pictures
   * @throws DataException if more than a tenth of the pictures cannot be read, or fewer than two
   *     classes with two pictures are left
   */
  public static List<Candidate> candidates(
      String name,
      Model model,
      Pictures pictures,
      int cuts,
      Backend backend,
      int threads,
      TrainListener listener) {
    List<Cut> places = Cuts.of(model, cuts);
    Activations activations = new Activations(model, backend, threads);
    Map<String, float[][]> found =
        activations.of(
            places.stream().map(Cut::value).toList(),
            Activations.Summary.MEANS,
            activations.dataset(pictures),
            listener);
    int classes = pictures.classes().size();
    List<Candidate> candidates = new ArrayList<>();
    for (Cut cut : places) {
      float[][] all = found.get(cut.value());
      int[] known =
          IntStream.range(0, all.length)
              .filter(i -> all[i] != null && pictures.label(i) != Pictures.UNLABELLED)
              .toArray();
      float[][] rows = Arrays.stream(known).mapToObj(i -> all[i]).toArray(float[][]::new);
      int[] labels = Arrays.stream(known).map(pictures::label).toArray();
      checkLabels(labels, classes);
      LinearProbe probe = LinearProbe.fit(rows, labels, classes);
      candidates.add(
          new Candidate(
              name,
              cut,
              cut.equals(places.get(places.size() - 1)),
              rows[0].length,
              LogMe.score(rows, labels, classes),
              probe.accuracy(),
              probe.loss()));
    }
    return candidates;
  }

  /** A picture that is the only one of its class is held out from a probe that knows no such. */
  private static void checkLabels(int[] labels, int classes) {
    int[] counts = new int[classes];
    for (int label : labels) {
      counts[label]++;
    }
    long fit = Arrays.stream(counts).filter(count -> count > 1).count();
    if (fit < 2) {
      throw new DataException(
          "a ranking wants at least two classes with two readable pictures each, found "
              + fit
              + "; add pictures");
    }
  }

  /** The most promising first: by the accuracy of the probe, ties by its loss. */
  public static List<Candidate> ranked(List<Candidate> candidates) {
    List<Candidate> ranked = new ArrayList<>(candidates);
    ranked.sort(
        Comparator.comparingDouble((Candidate c) -> -c.probe())
            .thenComparing(Candidate::probeLoss));
    return ranked;
  }
}
