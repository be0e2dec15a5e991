package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.PictureDataset;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.train.EarlyStopping;
import dev.graft.core.train.ParamGroup;
import dev.graft.core.train.Phase;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.TrainingException;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The recipes: each is a short program of phases.
 *
 * <pre>{@code
 * Split<Pictures> data = DataFolders.open(Path.of("photos"), 0.2, 1);
 * Tuned tuned = FineTune.run(model, data, Settings.of(Recipe.STAGED, 12).seed(1));
 * }</pre>
 */
public final class FineTune {

  /** Epochs without a lower validation loss after which STAGED leaves its head phase. */
  public static final int HEAD_PATIENCE = 3;

  /** The rate of a head on frozen features. */
  static final double HEAD_RATE = 0.01;

  private FineTune() {}

  /**
   * Fine-tunes a model on pictures. The model must carry its preprocessing. Where the run is
   * cancelled, or its thread interrupted, it returns the best model so far.
   *
   * @return the tuned model, with the classes as its labels; the given one is not changed
   * @throws GraphException if the model has no head that can be told, or no preprocessing
   * @throws dev.graft.core.data.DataException if too many pictures cannot be read
   * @throws TrainingException if the loss is no longer a number, everything is frozen, or the run
   *     was cancelled or interrupted within its first epoch
   */
  public static Tuned run(Model model, Split<Pictures> data, Settings settings) {
    Model ready = prepare(model, data.training().classes(), settings);
    Loss loss = new CrossEntropy(settings.labelSmoothing());
    return tune(
        ready,
        loss,
        dataset(ready, data.training(), settings.augment()),
        dataset(ready, data.validation(), Augment.NONE),
        settings);
  }

  /** The model as training starts: with a head for the classes, and new weights for SCRATCH. */
  static Model prepare(Model model, List<String> classes, Settings settings) {
    Model headed = settings.head().apply(model, classes, settings.seed());
    return settings.recipe() == Recipe.SCRATCH
        ? Surgery.reinitialize(headed, settings.seed())
        : headed;
  }

  /** Pictures as the model wants them. */
  static Dataset dataset(Model model, Pictures pictures, Augment augment) {
    Preprocessing preprocessing = model.metadata().preprocessing();
    if (preprocessing == null) {
      throw new GraphException(
          "the model carries no preprocessing; choose one of "
              + String.join(", ", Preprocessing.NAMES));
    }
    InputSpec input = model.graph().input();
    preprocessing.check(input);
    return new PictureDataset(pictures, preprocessing, augment, input.name(), Loss.TARGET);
  }

  /** Trains {@code model} as it stands by the recipe of {@code settings}. */
  static Tuned tune(
      Model model, Loss loss, Dataset training, Dataset validation, Settings settings) {
    Backend given = settings.backend();
    if (given != null) {
      return tune(model, loss, training, validation, settings, given);
    }
    try (Backend own = Backends.byName(Backends.AUTO, settings.threads())) {
      return tune(model, loss, training, validation, settings, own);
    }
  }

  private static Tuned tune(
      Model model,
      Loss loss,
      Dataset training,
      Dataset validation,
      Settings settings,
      Backend backend) {
    settings.checkpoints().start(model);
    TuningRun run = new TuningRun(model, loss, training, validation, settings, backend);
    double rate =
        settings.rate().isPresent()
            ? settings.rate().getAsDouble()
            : defaultRate(model, training, settings, backend);
    List<ParamGroup> everything = groups(model, run, settings, FreezeMask.NONE);
    switch (settings.recipe()) {
      case HEAD -> run.train(headPhase(model, run, settings, rate, settings.epochs(), false));
      case STAGED -> {
        run.train(headPhase(model, run, settings, rate, (settings.epochs() + 1) / 2, true));
        int left = settings.epochs() - run.epochs();
        if (!settings.cancellation().isRequested()) {
          run.train(phase("all", everything, run, settings, rate / tuningRatio(model), left));
        }
      }
      case FULL -> run.train(phase("all", everything, run, settings, rate, settings.epochs()));
      case SCRATCH ->
          run.train(phase("scratch", everything, run, settings, rate, settings.epochs()));
    }
    return run.result();
  }

  /**
   * The rate of a recipe's first phase: the usual one, unless the features are too large for it.
   */
  private static double defaultRate(
      Model model, Dataset training, Settings settings, Backend backend) {
    double stable = StableRate.of(model, training, settings.seed(), backend);
    double head = Math.min(HEAD_RATE, stable);
    return settings.recipe() == Recipe.FULL ? head / tuningRatio(model) : head;
  }

  /**
   * How much lower the rate of a whole pretrained network is than its head's: a tenth where
   * BatchNormalization keeps activations in range, a hundredth where nothing does (such as where it
   * was folded into the convolutions).
   */
  private static double tuningRatio(Model model) {
    boolean normalised = model.graph().nodes().stream().anyMatch(n -> n.op().normalizes());
    return normalised ? 10 : 100;
  }

  private static List<ParamGroup> groups(
      Model model, TuningRun run, Settings settings, FreezeMask recipe) {
    Set<String> trainable = settings.freeze().and(recipe).trainable(run.graph());
    return GroupRule.groups(run.graph(), trainable, settings.groupRules(), settings.weightDecay());
  }

  private static Phase headPhase(
      Model model,
      TuningRun run,
      Settings settings,
      double rate,
      int epochs,
      boolean untilItStops) {
    FreezeMask trunk = FreezeMask.allBut(model.head());
    int patience = untilItStops && settings.patience() == 0 ? HEAD_PATIENCE : settings.patience();
    Schedule schedule = settings.schedule();
    return new Phase(
        "head",
        groups(model, run, settings, trunk),
        settings.newOptimizer(),
        rate,
        schedule == null ? Schedule.constant() : schedule,
        epochs,
        stopping(patience));
  }

  /** A phase for much of the network: the rate rises over its first epoch, then falls. */
  private static Phase phase(
      String name,
      List<ParamGroup> groups,
      TuningRun run,
      Settings settings,
      double rate,
      int epochs) {
    Schedule schedule = settings.schedule();
    return new Phase(
        name,
        groups,
        settings.newOptimizer(),
        rate,
        schedule == null ? Schedule.cosine().withWarmUp(run.stepsPerEpoch()) : schedule,
        epochs,
        stopping(settings.patience()));
  }

  private static @Nullable EarlyStopping stopping(int patience) {
    return patience == 0 ? null : new EarlyStopping(patience, 0);
  }
}
