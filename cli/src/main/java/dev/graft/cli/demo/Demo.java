package dev.graft.cli.demo;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.JoinedPictures;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.Distill;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.assess.Evaluation;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.Surgery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The whole story on drawings: eight animals are learnt from a few pictures of each, by a network
 * that has seen nothing but things, in every {@link Way} and with several seeds.
 */
public final class Demo {

  /** Drawings of each animal to learn from. */
  public static final int SHOTS = 15;

  /** Drawings of each animal that choose the best epoch. */
  public static final int VALIDATION = 10;

  /** Drawings of each animal to measure on. */
  public static final int TEST = 75;

  /** Further drawings of each animal, without labels, for the teacher to judge. */
  public static final int UNLABELLED = 50;

  /** Repetitions with other drawings and other random numbers. */
  public static final int SEEDS = 5;

  private static final int EPOCHS = 24;
  private static final int STUDENT_EPOCHS = 8;
  private static final int BATCH = 8;
  private static final double RATE = 0.02;

  /** Half of the width: a quarter of the parameters. */
  private static final double STUDENT_WIDTH = 0.5;

  private static final double TEMPERATURE = 4;
  private static final double TEACHER_WEIGHT = 0.9;

  private final Backend backend;
  private final int threads;
  private final int seeds;
  private final Consumer<String> told;
  private final Model trunk = Trunk.shipped();
  private final Drawings test = new Drawings(Thing.animals(), TEST, Rng.key(0, "test"));

  /**
   * @param told is given a line for each attempt
   */
  public Demo(Backend backend, int threads, Consumer<String> told) {
    this(backend, threads, SEEDS, told);
  }

  Demo(Backend backend, int threads, int seeds, Consumer<String> told) {
    this.backend = backend;
    this.threads = threads;
    this.seeds = seeds;
    this.told = told;
  }

  /** Learns the animals in every way, with every seed. */
  public Findings run() {
    List<Attempt> attempts = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      Split<Pictures> data =
          new Split<>(
              new Drawings(Thing.animals(), SHOTS, Rng.key(seed, "training")),
              new Drawings(Thing.animals(), VALIDATION, Rng.key(seed, "validation")));
      attempts.add(tuned(Way.SCRATCH, Recipe.SCRATCH, data, seed));
      attempts.add(tuned(Way.HEAD, Recipe.HEAD, data, seed));
      Attempt staged = tuned(Way.STAGED, Recipe.STAGED, data, seed);
      attempts.add(staged);
      attempts.add(distilled(staged.model(), data, seed));
    }
    return new Findings(attempts, test);
  }

  private Attempt tuned(Way way, Recipe recipe, Split<Pictures> data, int seed) {
    return attempt(
        way, seed, settings(recipe, EPOCHS, seed), settings -> FineTune.run(trunk, data, settings));
  }

  /** The student sees further drawings, of which it knows what the teacher says. */
  private Attempt distilled(Model teacher, Split<Pictures> data, int seed) {
    Drawings further = new Drawings(Thing.animals(), UNLABELLED, Rng.key(seed, "unlabelled"));
    Pictures nameless = further.withoutLabels(IntStream.range(0, further.size()).toArray());
    Split<Pictures> more =
        new Split<>(new JoinedPictures(data.training(), nameless), data.validation());
    Model student = Surgery.narrowed(teacher, STUDENT_WIDTH, seed);
    return attempt(
        Way.STUDENT,
        seed,
        settings(Recipe.SCRATCH, STUDENT_EPOCHS, seed),
        settings ->
            Distill.run(List.of(teacher), student, more, TEMPERATURE, TEACHER_WEIGHT, settings));
  }

  private Settings settings(Recipe recipe, int epochs, int seed) {
    return Settings.of(recipe, epochs)
        .batchSize(BATCH)
        .rate(RATE)
        .seed(seed)
        .backend(backend)
        .threads(threads);
  }

  private Attempt attempt(
      Way way, int seed, Settings settings, Function<Settings, Tuned> training) {
    List<TrainEvent.Epoch> epochs = new ArrayList<>();
    long start = System.nanoTime();
    Tuned tuned =
        training.apply(
            settings.listener(
                event -> {
                  if (event instanceof TrainEvent.Epoch epoch) {
                    epochs.add(epoch);
                  }
                }));
    double seconds = (System.nanoTime() - start) / 1e9;
    Evaluation evaluation = Evaluation.of(tuned.model(), test, backend, threads);
    Attempt attempt = new Attempt(way, seed, tuned.model(), epochs, evaluation, seconds);
    told.accept(
        String.format(
            Locale.ROOT,
            "seed %d of %d  %-13s %5.1f %%  %5.1f s",
            seed,
            seeds,
            way.label(),
            attempt.accuracy(),
            seconds));
    return attempt;
  }
}
