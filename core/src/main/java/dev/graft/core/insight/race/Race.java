package dev.graft.core.insight.race;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.insight.race.Lane.Start;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Will transfer help? Short runs of the same network on the same pictures: from scratch, with a new
 * head on the frozen trunk, and fine-tuned; each with several seeds, which draw the pictures too.
 *
 * @param pictures of each class, one heat each; a class that has fewer gives all
 * @param seeds runs of each kind, at least 1
 * @param epochs of each run, at least 2; few pictures are met several times within one, so that it
 *     has at least {@value #LEAST_AN_EPOCH}
 * @param seed of the first run; the others follow
 */
public record Race(List<Integer> pictures, int seeds, int epochs, long seed) {

  /** Pictures a class where nobody says how many: enough for a verdict, few enough for minutes. */
  public static final int USUAL = 50;

  /** Two batches: with one step an epoch there would be nothing to compare. */
  private static final int LEAST_AN_EPOCH = 64;

  /** More pictures to validate on cost more than they tell. */
  private static final int MOST_TO_VALIDATE = 300;

  /**
   * @throws IllegalArgumentException if a number is too small
   */
  public Race {
    pictures = List.copyOf(new TreeSet<>(pictures));
    if (pictures.isEmpty() || pictures.get(0) < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 picture of each class, found " + pictures);
    }
    if (seeds < 1 || epochs < 2) {
      throw new IllegalArgumentException(
          "a race wants at least 1 seed and 2 epochs, found " + seeds + " and " + epochs);
    }
  }

  /**
   * Runs it.
   *
   * @param model carries its preprocessing; its head is replaced in every run
   * @param backend computes, and stays the caller's to close
   * @param threads that read pictures
   * @param listener hears of each run as a unit of work
   * @throws dev.graft.core.graph.GraphException if the model has no head that can be told
   * @throws DataException if a heat would repeat the one before, since no class has more pictures
   */
  public RaceResult run(
      Model model, Split<Pictures> data, Backend backend, int threads, TrainListener listener) {
    int[] counts = data.training().countsOfClasses();
    int most = Arrays.stream(counts).max().orElse(0);
    int least = Arrays.stream(counts).min().orElse(0);
    List<String> notes = new ArrayList<>(data.notes());
    for (int i = 1; i < pictures.size(); i++) {
      if (pictures.get(i - 1) >= most) {
        throw new DataException(
            "no class has more than "
                + most
                + " pictures to learn from; ask for fewer than "
                + pictures.get(i)
                + " of each");
      }
    }
    int asked = pictures.get(pictures.size() - 1);
    if (asked > least) {
      notes.add("some classes have fewer than " + asked + " pictures, the smallest " + least);
    }
    Pictures validation = sample(data.validation());
    if (validation.size() < data.validation().size()) {
      notes.add(validation.size() + " of " + data.validation().size() + " pictures validate");
    }
    int runs = pictures.size() * seeds * Start.values().length;
    listener.on(new TrainEvent.Started("race", runs + " runs", runs));
    List<Heat> heats = new ArrayList<>();
    int done = 0;
    for (int each : pictures) {
      List<List<Lane.Run>> lanes = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
      for (int s = 0; s < seeds; s++) {
        Split<Pictures> some = new Split<>(draw(data.training(), each, seed + s), validation);
        for (Start start : Start.values()) {
          lanes.get(start.ordinal()).add(run(start, model, some, seed + s, backend, threads));
          listener.on(new TrainEvent.Progress("race", ++done));
        }
      }
      heats.add(
          new Heat(
              Math.min(each, most),
              epochs,
              Arrays.stream(Start.values())
                  .map(start -> new Lane(start, lanes.get(start.ordinal())))
                  .toList()));
    }
    listener.on(new TrainEvent.Ended("race", runs + " runs"));
    return new RaceResult(heats, notes);
  }

  private Lane.Run run(
      Start start, Model model, Split<Pictures> data, long seed, Backend backend, int threads) {
    List<Lane.Epoch> curve = new ArrayList<>();
    Settings settings =
        Settings.of(recipe(start), epochs)
            .head(HeadChoice.NEW)
            .seed(seed)
            .backend(backend)
            .threads(threads)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Epoch e) {
                    curve.add(
                        new Lane.Epoch(
                            e.training().loss(),
                            e.validation().loss(),
                            e.validation().get("accuracy")));
                  }
                });
    Tuned tuned = FineTune.run(model, data, settings);
    return new Lane.Run(seed, tuned.best().get("accuracy"), curve);
  }

  private static Recipe recipe(Start start) {
    return switch (start) {
      case SCRATCH -> Recipe.SCRATCH;
      case FROZEN -> Recipe.HEAD;
      case TUNED -> Recipe.STAGED;
    };
  }

  /**
   * So many of each class, drawn by the seed: those drawn for a smaller number are among them. They
   * are repeated until there are enough for an epoch.
   */
  static Pictures draw(Pictures all, int each, long seed) {
    int[] left = new int[all.classes().size()];
    Arrays.fill(left, each);
    List<Integer> drawn = new ArrayList<>();
    for (int index : Rng.permutation(Rng.key(seed, "race"), all.size())) {
      int label = all.label(index);
      if (label != Pictures.UNLABELLED && left[label]-- > 0) {
        drawn.add(index);
      }
    }
    int repeats = (LEAST_AN_EPOCH + drawn.size() - 1) / drawn.size();
    int[] indices = new int[drawn.size() * repeats];
    Arrays.setAll(indices, i -> drawn.get(i % drawn.size()));
    return all.subset(indices);
  }

  /** Enough to validate on, at equal distances, which takes the same share of every class. */
  static Pictures sample(Pictures all) {
    int most = MOST_TO_VALIDATE;
    if (all.size() <= most) {
      return all;
    }
    int[] indices = new int[most];
    Arrays.setAll(indices, i -> (int) ((long) i * all.size() / most));
    return all.subset(indices);
  }
}
