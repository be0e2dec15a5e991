package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Model;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.train.Best;
import dev.graft.core.train.Phase;
import dev.graft.core.train.Trainer;
import dev.graft.core.train.TrainingException;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The phases of one recipe over the same variables. Each phase trains only what lies behind its
 * first trainable parameter: what comes before is run once for each picture, if it fits in memory.
 */
final class TuningRun {

  private final Model model;
  private final Objective objective;
  private final Dataset training;
  private final Dataset validation;
  private final Settings settings;
  private final Backend backend;
  private final Variables variables;
  private final Trainer trainer;
  private final Map<String, String> unreadable = new LinkedHashMap<>();

  /**
   * @param training its fields are the inputs of the model with the loss attached
   * @param validation the same
   */
  TuningRun(
      Model model,
      Loss loss,
      Dataset training,
      Dataset validation,
      Settings settings,
      Backend backend) {
    this.model = model;
    this.objective = loss.attach(model.graph(), example(model.graph(), training));
    this.training = training;
    this.validation = validation;
    this.settings = settings;
    this.backend = backend;
    this.variables = new Variables(backend, objective.graph(), model.weights());
    this.trainer =
        new Trainer(
            backend,
            variables,
            settings.seed(),
            settings.checkpoints(),
            settings.listener(),
            settings.cancellation());
  }

  /**
   * The shapes of a network's inputs for one example of a data set.
   *
   * @throws DataException if the data has no field for an input
   */
  private static Map<String, Shape> example(Graph network, Dataset data) {
    Map<String, Shape> shapes = new HashMap<>();
    for (Dataset.Field field : data.fields()) {
      shapes.put(field.name(), InputSpec.batched(field.name(), field.item()).bind(1));
    }
    return shapes;
  }

  /** The graph that is trained: the model's with the loss attached. */
  Graph graph() {
    return objective.graph();
  }

  /** Number of epochs trained so far. */
  int epochs() {
    return trainer.epochs();
  }

  /** Steps of one epoch without unreadable pictures: what warm-ups are measured in. */
  int stepsPerEpoch() {
    return Math.max(1, (training.size() + settings.batchSize() - 1) / settings.batchSize());
  }

  /** Trains a phase, starting from the best state so far. */
  void train(Phase phase) {
    Best best = trainer.best();
    if (best != null) {
      variables.restore(best.weights());
    }
    Set<String> trainable = phase.trainable();
    FrozenPrefix split = FrozenPrefix.of(objective.graph(), trainable);
    long bytes = split.bytesPerExample() * ((long) training.size() + validation.size());
    if (split.isWorthwhile() && bytes <= settings.cacheBytes()) {
      trainOnFeatures(phase, split);
    } else {
      trainOn(phase, objective, training, validation, settings.augment().isActive());
    }
  }

  private void trainOnFeatures(Phase phase, FrozenPrefix split) {
    FeatureCache cache =
        new FeatureCache(
            split.prefix(),
            variables,
            backend,
            settings.threads(),
            settings.listener(),
            settings.cancellation());
    String note = "running the frozen layers once for each picture";
    FeatureCache.Filled learnt = cache.fill("features", note, training);
    FeatureCache.Filled measured = cache.fill("features", note + " to validate on", validation);
    unreadable.putAll(learnt.unreadable());
    unreadable.putAll(measured.unreadable());
    trainOn(phase, objective.with(split.rest()), learnt.dataset(), measured.dataset(), false);
  }

  private void trainOn(
      Phase phase, Objective objective, Dataset training, Dataset validation, boolean augmented) {
    if (settings.cancellation().isRequested()) {
      return;
    }
    try (Batches learn = new Batches(training, settings.batchSize(), settings.threads());
        Batches measure = new Batches(validation, settings.batchSize(), settings.threads())) {
      trainer.train(phase, objective, learn, measure, augmented);
      unreadable.putAll(learn.unreadable());
      unreadable.putAll(measure.unreadable());
    }
  }

  /**
   * The model with the best weights of all phases.
   *
   * @throws TrainingException if the run was cancelled within its first epoch
   */
  Tuned result() {
    Best best = trainer.best();
    if (best == null) {
      throw new TrainingException("cancelled before the end of the first epoch; nothing is saved");
    }
    int unread =
        (int)
            IntStream.range(0, training.size())
                .filter(i -> unreadable.containsKey(training.name(i)))
                .count();
    return new Tuned(
        model.with(model.weights().with(best.weights().asMap())),
        best.validation(),
        Objects.requireNonNull(trainer.last()),
        best.epoch(),
        trainer.epochs(),
        training.size() - unread,
        unreadable);
  }
}
