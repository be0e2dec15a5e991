package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.Split;
import dev.graft.core.data.Unreadable;
import dev.graft.core.data.text.TextDataset;
import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.plan.Variables;
import dev.graft.core.train.Best;
import dev.graft.core.train.GradientTransform;
import dev.graft.core.train.L2Sp;
import dev.graft.core.train.Phase;
import dev.graft.core.train.RateFinder;
import dev.graft.core.train.RunState;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.Trainer;
import dev.graft.core.train.TrainingException;
import dev.graft.core.train.Variants;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Measuring;
import dev.graft.core.train.loss.Objective;
import dev.graft.core.train.metric.Metric;
import dev.graft.core.transfer.average.AverageKind;
import dev.graft.core.transfer.average.Averaging;
import dev.graft.core.transfer.feature.CacheUse;
import dev.graft.core.transfer.feature.Examples;
import dev.graft.core.transfer.feature.FeatureCache;
import dev.graft.core.transfer.feature.FrozenFeatures;
import dev.graft.core.transfer.feature.PooledFeatures;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.probe.HeadTrial;
import dev.graft.core.transfer.recipe.Course;
import dev.graft.core.transfer.recipe.StableRate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The phases of one recipe over the same variables. Each phase trains only what lies behind its
 * first trainable parameter: what comes before is run once for each picture, if it fits in memory.
 */
final class TuningRun {

  /** The rate of a head on frozen features. */
  private static final double HEAD_RATE = 0.01;

  /**
   * The same on vectors of texts, which are short: with 30 for the square of their norm, MiniLM's,
   * a head on Banking77 comes to 92.4 % in 20 epochs, and at 0.01 to 91.4.
   */
  private static final double HEAD_RATE_OF_TEXTS = 0.1;

  private final Model model;
  private final Objective objective;
  private final Loss loss;
  private final Split<Dataset> data;
  private final Settings settings;
  private final Backend backend;
  private final Variables variables;
  private final Trainer trainer;
  private double headRate = Double.NaN;
  private final List<CacheUse> uses = new ArrayList<>();
  private final Split<Unreadable> unreadable;

  /**
   * @param data its fields are the inputs of the model with the loss attached
   * @param unreadable those of its items that are known by now
   */
  TuningRun(
      Model model,
      Loss loss,
      Split<Dataset> data,
      Split<Unreadable> unreadable,
      Settings settings,
      Backend backend) {
    this.unreadable = unreadable;
    this.model = model;
    this.loss = loss;
    this.data = data;
    Examples.check(data.training(), model.graph());
    // Bound to the examples' size, so that what depends on it can be told; the batch stays open.
    Metric metric = settings.metric();
    this.settings = settings;
    Graph bound = model.graph().withInputs(data.training().shapes());
    this.objective = objective(RunningStatistics.keepingUp(bound, stepsPerEpoch()), loss, metric);
    Examples.check(data.training(), objective.graph());
    Examples.check(data.validation(), objective.graph());
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
    trainer.transform(transforms());
    trainer.chooseBy(metric == null ? null : metric.name());
    trainer.follow(Origin.of(model, objective.graph(), data, settings));
    RunState before = settings.resume();
    if (before != null) {
      trainer.resume(before);
    }
  }

  /** With the metric to choose by, unless the loss measures it anyway. */
  private static Objective objective(Graph graph, Loss loss, @Nullable Metric metric) {
    Objective plain = loss.attach(graph);
    boolean isMeasured =
        metric == null || plain.measures().stream().anyMatch(m -> m.name().equals(metric.name()));
    return isMeasured ? plain : new Measuring(loss, metric).attach(graph);
  }

  /** The decay towards the start first: what is clipped are the gradients with it. */
  private List<GradientTransform> transforms() {
    List<GradientTransform> transforms = new ArrayList<>();
    if (settings.l2sp() > 0) {
      Set<String> trunk = new LinkedHashSet<>(model.graph().stored(Role.PARAMETER));
      trunk.removeAll(FreezeMask.allBut(model.head()).trainable(model.graph()));
      transforms.add(new L2Sp(model.weights(), trunk, settings.l2sp()));
    }
    transforms.addAll(settings.transforms());
    return transforms;
  }

  /** What a recipe decides by. */
  Course course() {
    return new Course(
        model,
        objective.graph(),
        settings,
        stepsPerEpoch(),
        data.training().size(),
        chance(),
        this::headRate,
        trainer.past());
  }

  /** The loss of a guess. */
  private double chance() {
    return loss.chance(model.metadata().labels().size());
  }

  private int batchSize() {
    return settings
        .batchSize()
        .orElseGet(() -> settings.recipe().batchSize(data.training().size()));
  }

  /** What warm-ups are measured in. */
  private int stepsPerEpoch() {
    return Math.max(1, Batches.batches(data.training().size(), batchSize()));
  }

  /** Of several heads none is the one whose features bound the rate. */
  private double headRate() {
    if (Double.isNaN(headRate)) {
      double stable =
          model.graph().outputs().size() > 1
              ? Double.POSITIVE_INFINITY
              : StableRate.of(model, loss, data.training(), settings.seed(), backend);
      boolean isOfTexts = data.training() instanceof TextDataset;
      headRate = isOfTexts ? Math.min(HEAD_RATE_OF_TEXTS, stable / 2) : Math.min(HEAD_RATE, stable);
    }
    return headRate;
  }

  /** Trains a phase, starting from the best state so far. */
  void train(Phase phase) {
    String note = RunningStatistics.note(model.graph(), stepsPerEpoch(), phase.trainable());
    if (!note.isEmpty()) {
      settings.listener().on(new TrainEvent.Noted(phase.name(), note));
    }
    Best best = trainer.best();
    if (best != null && !trainer.isWithinPhase()) {
      variables.restore(best.weights());
    }
    FrozenPrefix split = FrozenPrefix.of(objective.graph(), phase.trainable());
    if (split.isWorthwhile()) {
      Graph pooled = PooledFeatures.of(objective.graph(), split);
      split = FrozenPrefix.of(pooled, phase.trainable());
    }
    if (!split.isWorthwhile()) {
      Variants fresh = new Variants(settings.seed(), data.training().variants());
      trainOn(phase, objective, data, fresh, UnaryOperator.identity());
      return;
    }
    int count = Math.min(settings.variants(), data.training().variants());
    Variants variants = new Variants(settings.seed(), count);
    CacheUse use = CacheUse.of(phase, split, data, variants, settings.cacheBytes());
    FrozenFeatures features =
        new FrozenFeatures(split.prefix(), variables, backend, split.shared());
    Split<Dataset> cached = use.isCached() ? cached(features, variants) : null;
    if (use.isCached() && cached == null) {
      use = use.without("the memory ran out");
    }
    uses.add(use);
    Objective rest = objective.with(split.rest());
    if (cached == null) {
      settings.listener().on(new TrainEvent.Noted("features", use.note()));
      trainOn(phase, rest, data, variants, features::of);
    } else {
      trainOn(phase, rest, cached, variants, UnaryOperator.identity());
    }
  }

  /** The features of all data; null if they do not fit into memory. */
  private @Nullable Split<Dataset> cached(FrozenFeatures features, Variants variants) {
    FeatureCache cache =
        new FeatureCache(
            features, settings.threads(), settings.listener(), settings.cancellation());
    String noun = data.training().noun();
    String note = "running the frozen layers once for " + variants.perItem(noun);
    Variants plain = new Variants(settings.seed(), 1);
    try {
      return new Split<>(
          cache.fill("features", note, data.training(), variants, unreadable.training()),
          cache.fill(
              "features",
              note + " to validate on",
              data.validation(),
              plain,
              unreadable.validation()));
    } catch (OutOfMemoryError e) {
      return null;
    }
  }

  private void trainOn(
      Phase phase,
      Objective objective,
      Split<Dataset> data,
      Variants variants,
      UnaryOperator<Batch> change) {
    if (settings.cancellation().isRequested()) {
      return;
    }
    int batch = batchSize();
    int threads = settings.threads();
    try (Batches learn =
            new Batches(data.training(), batch, threads, change, unreadable.training());
        Batches measure =
            new Batches(data.validation(), batch, threads, change, unreadable.validation())) {
      List<AverageKind> kinds = averages();
      Phase paced = paced(phase, objective, learn, variants);
      trainer.train(gathering(paced, kinds), objective, learn, measure, variants);
      if (!settings.cancellation().isRequested()) {
        new Averaging(
                trainer,
                variables,
                backend,
                settings.seed(),
                settings.listener(),
                settings.cancellation())
            .behind(phase, kinds, objective, learn, measure, variants);
        solve(phase, objective, data, measure);
      }
    }
  }

  /** Tries the head in closed form, where its features are at hand and nothing else was trained. */
  private void solve(Phase phase, Objective objective, Split<Dataset> cached, Batches validation) {
    OptionalDouble margin = settings.recipe().solvedHeadMargin();
    boolean isHeadAlone =
        cached != data
            && phase.trainable().equals(FreezeMask.allBut(model.head()).trainable(model.graph()));
    if (isHeadAlone && margin.isPresent()) {
      double allowed = settings.metric() == null ? margin.getAsDouble() : 0;
      new HeadTrial(
              trainer, variables, backend, settings.listener(), settings.cancellation(), allowed)
          .behind(phase, model.head(), loss, objective, cached, validation);
    }
  }

  /** The first phase at the rate that is found for it, where one is to be found. */
  private Phase paced(Phase phase, Objective objective, Batches learn, Variants variants) {
    if (!settings.findsRate() || !trainer.past().isEmpty()) {
      return phase;
    }
    // A run that goes on within the phase finds what it found, from where it started.
    Weights now = variables.snapshot(objective.graph().stored().keySet());
    variables.restore(model.weights());
    RateFinder found =
        RateFinder.find(
            phase,
            objective,
            learn,
            variants,
            variables,
            backend,
            settings.seed(),
            settings.cancellation());
    variables.restore(now);
    settings.listener().on(new TrainEvent.Noted("rate", found.note()));
    return phase.at(found.rate(), settings.newOptimizer());
  }

  /** The averages that the next phase gathers. */
  private List<AverageKind> averages() {
    int phase = trainer.past().size();
    return settings.averages().stream().filter(kind -> kind.isFor(phase)).toList();
  }

  private Phase gathering(Phase phase, List<AverageKind> kinds) {
    Phase with = phase;
    for (AverageKind kind : kinds) {
      with = with.with(kind.over(stepsPerEpoch(), phase.epochs()));
    }
    return with;
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
    Map<String, String> skipped = new TreeMap<>(unreadable.training().named());
    skipped.putAll(unreadable.validation().named());
    return new Tuned(
        model.with(model.weights().with(best.weights().asMap())),
        best.validation(),
        Objects.requireNonNull(trainer.last()),
        best.epoch(),
        best.average(),
        trainer.epochs(),
        data.training().size() - unreadable.training().count(),
        skipped,
        uses);
  }
}
