package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Labelled;
import dev.graft.core.data.Split;
import dev.graft.core.data.Unreadable;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Mix;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.train.ParamGroup;
import dev.graft.core.train.Phase;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.WeightedCrossEntropy;
import dev.graft.core.train.task.SingleLabel;
import dev.graft.core.train.task.SoftLabel;
import dev.graft.core.train.task.Task;
import dev.graft.core.transfer.feature.Examples;
import dev.graft.core.transfer.freeze.GroupRule;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The recipes: each is a short program of phases.
 *
 * <pre>{@code
 * Split<Pictures> data = DataFolders.open(Path.of("photos"), 0.2, 1);
 * Tuned tuned = FineTune.run(model, data, Settings.of(Recipe.STAGED, 12).seed(1));
 * }</pre>
 */
public final class FineTune {

  private FineTune() {}

  /**
   * Fine-tunes a model on pictures or texts. The model must carry its preprocessing. Where the run
   * is cancelled, or its thread interrupted, it returns the best model so far.
   *
   * @return the tuned model, with the classes as its labels; the given one is not changed
   * @throws GraphException if the model has no head that can be told, or no preprocessing
   * @throws dev.graft.core.data.DataException if too many pictures cannot be read
   * @throws TrainingException if the loss is no longer a number, everything is frozen, or the run
   *     was cancelled or interrupted within its first epoch
   */
  public static Tuned run(Model model, Split<? extends Labelled> data, Settings settings) {
    return run(model, task(data.training(), settings), examples(model, data, settings), settings);
  }

  /** Items as a model wants them and the task of {@link #task} needs them. */
  static Split<Dataset> examples(Model model, Split<? extends Labelled> data, Settings settings) {
    Mix mix = settings.mix();
    return mix == null
        ? new Split<>(
            Examples.of(model, data.training(), settings.augment()),
            Examples.of(model, data.validation(), Augment.NONE))
        : new Split<>(
            Examples.mixed(model, pictures(data.training()), settings.augment(), mix),
            Examples.mixed(model, pictures(data.validation()), Augment.NONE, null));
  }

  private static Pictures pictures(Labelled items) {
    if (items instanceof Pictures pictures) {
      return pictures;
    }
    throw new DataException(
        "pictures alone can be mixed, found " + items.noun() + "; leave it out");
  }

  /** To tell the classes of items apart. */
  static Task task(Labelled items, Settings settings) {
    List<Double> weights =
        settings.balancesClasses()
            ? WeightedCrossEntropy.balanced(items.countsOfClasses())
            : List.of();
    SingleLabel task = new SingleLabel(items.classes(), settings.labelSmoothing(), weights);
    return settings.mix() == null ? task : new SoftLabel(task);
  }

  /**
   * As {@link #check(Model, Task, Settings)}, for pictures or texts.
   *
   * @throws GraphException as above
   * @throws TrainingException as above
   */
  public static void check(Model model, Labelled items, Settings settings) {
    check(model, task(items, settings), settings);
  }

  /**
   * Fine-tunes a model on data of any kind, with a head for the task.
   *
   * @param data with a field for each input of the model, and for each target of the task's loss
   * @return the tuned model; the given one is not changed
   * @throws GraphException if the model has no head that can be told
   * @throws dev.graft.core.data.DataException if a field is missing or has another shape, or too
   *     many items cannot be read
   * @throws TrainingException as above
   */
  public static Tuned run(Model model, Task task, Split<Dataset> data, Settings settings) {
    return tune(prepare(model, task, settings), task.loss(), data, settings);
  }

  /**
   * Refuses settings that cannot be followed, before anything is trained or written: a head that
   * cannot be told, patterns that match no layer, nothing to train.
   *
   * @throws GraphException if so
   * @throws TrainingException if everything is frozen
   */
  public static void check(Model model, Task task, Settings settings) {
    Model ready = prepare(model, task, settings);
    Set<String> trainable = settings.freeze().trainable(ready.graph());
    boolean isFrozen =
        GroupRule.groups(ready.graph(), trainable, settings.groupRules(), Map.of(), 0).stream()
            .allMatch(ParamGroup::isFrozen);
    if (isFrozen) {
      throw new TrainingException("every parameter is frozen; free at least the head");
    }
  }

  /** The model with a head for the task. */
  static Model prepare(Model model, Task task, Settings settings) {
    return task.ending(settings.head().apply(model, task.labels(), settings.seed()));
  }

  /**
   * Trains a model as it stands, with whatever inputs, outputs and loss, by the recipe of {@code
   * settings}.
   *
   * @param data with a field for each input of the model, and for each target of the loss
   * @return the tuned model; the given one is not changed
   * @throws GraphException if the model does not end as the loss needs
   * @throws dev.graft.core.data.DataException if a field is missing or has another shape, or too
   *     many items cannot be read
   * @throws TrainingException as above
   */
  public static Tuned tune(Model model, Loss loss, Split<Dataset> data, Settings settings) {
    return tune(model, loss, data, Unreadable.of(data), settings);
  }

  /** The same on data of which some is known to be unreadable. */
  static Tuned tune(
      Model model,
      Loss loss,
      Split<Dataset> data,
      Split<Unreadable> unreadable,
      Settings settings) {
    Backend given = settings.backend();
    if (given != null) {
      return tune(model, loss, data, unreadable, settings, given);
    }
    try (Backend own = Backends.byName(Backends.AUTO, settings.threads())) {
      return tune(model, loss, data, unreadable, settings, own);
    }
  }

  private static Tuned tune(
      Model model,
      Loss loss,
      Split<Dataset> data,
      Split<Unreadable> unreadable,
      Settings settings,
      Backend backend) {
    Recipe recipe = settings.recipe();
    Model start = recipe.start(model, settings.seed());
    settings.checkpoints().start(start);
    TuningRun run = new TuningRun(start, loss, data, unreadable, settings, backend);
    Optional<Phase> next = recipe.next(run.course());
    while (next.isPresent() && !settings.cancellation().isRequested()) {
      run.train(next.get());
      next = recipe.next(run.course());
      String reason = recipe.reason(run.course());
      if (!reason.isEmpty()) {
        settings.listener().on(new TrainEvent.Noted(recipe.name(), reason));
      }
    }
    return run.result();
  }
}
