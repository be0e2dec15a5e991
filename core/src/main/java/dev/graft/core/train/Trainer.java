package dev.graft.core.train;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Role;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.Loss;
import dev.graft.core.train.loss.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The training loop: for each epoch, batches in a fresh order, a gradient step for each, then
 * validation. A run is one or more phases over the same variables; the trainer keeps the best state
 * of all of them.
 *
 * <p>With the same seed, data and backend it produces the same bits.
 */
public final class Trainer {

  private final Backend backend;
  private final Variables variables;
  private final long seed;
  private final CheckpointStore checkpoints;
  private final TrainListener listener;
  private final Cancellation cancellation;
  private final Set<String> changed = new LinkedHashSet<>();
  private @Nullable Best best;
  private @Nullable Metrics last;
  private Map<String, Tensor> remembered = Map.of();
  private final List<PhaseEnd> past = new ArrayList<>();
  private int epochs;
  private int steps;
  private List<GradientTransform> transforms = List.of();
  private @Nullable String chosenBy;
  private RunOrigin origin = RunOrigin.UNKNOWN;
  private RunState.@Nullable Within within;

  /**
   * @param variables what is trained, on {@code backend}; changed in place
   * @param seed of the order of the examples, of augmentation and dropout
   */
  public Trainer(
      Backend backend,
      Variables variables,
      long seed,
      CheckpointStore checkpoints,
      TrainListener listener,
      Cancellation cancellation) {
    this.backend = backend;
    this.variables = variables;
    this.seed = seed;
    this.checkpoints = checkpoints;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * What the run follows from beside its seed: it is written down, and asked for by a resumption.
   */
  public void follow(RunOrigin origin) {
    this.origin = origin;
  }

  /** What the gradients of every step pass, in order. */
  public void transform(List<GradientTransform> transforms) {
    this.transforms = List.copyOf(transforms);
  }

  /**
   * Chooses the best epoch by a metric, of which more is better, and of equal ones by the loss.
   *
   * @param metric its name; null for the loss alone
   */
  public void chooseBy(@Nullable String metric) {
    this.chosenBy = metric;
  }

  /**
   * Trains one phase.
   *
   * @param objective its graph's inputs are the fields of both data sets
   * @param training batches to learn from
   * @param validation batches to measure on
   * @param variants which variant of every example an epoch sees
   * @throws TrainingException if nothing is trainable, or the loss is no longer a number
   * @throws dev.graft.core.plan.MemoryException if what the optimizer keeps, or a step, does not
   *     fit into memory
   */
  public void train(
      Phase phase, Objective objective, Batches training, Batches validation, Variants variants) {
    Graph graph = objective.graph();
    Set<String> trainable = phase.trainable();
    trainable.retainAll(graph.stored().keySet());
    if (trainable.isEmpty()) {
      throw new TrainingException(
          "phase " + phase.name() + ": every parameter is frozen; free at least the head");
    }
    changed.addAll(trainable);
    changed.addAll(graph.stored(Role.STATE));
    Executor executor = new PlanExecutor(graph, variables, backend, trainable);
    RunState.@Nullable Within at = within;
    within = null;
    if (at != null && !at.phase().equals(phase.name())) {
      throw new TrainingException(
          "the run stopped in phase " + at.phase() + ", it cannot go on in " + phase.name());
    }
    Updates updates = new Updates(backend, variables, phase, transforms);
    updates.begin(trainable, at);
    List<Double> losses = new ArrayList<>(at == null ? List.of() : at.losses());
    EarlyStopping stopping = phase.stopping() == null ? EarlyStopping.NEVER : phase.stopping();
    EarlyStopping.Watch watch = stopping.watch(losses);
    int perEpoch = training.batchesPerEpoch();
    int total = Math.multiplyExact(perEpoch, phase.epochs());
    listener.on(new TrainEvent.Started(phase.name(), describe(phase, trainable), total));
    int first = at == null ? 0 : at.epochs();
    int before = epochs - first;
    Pass pass = null;
    for (int epoch = first;
        epoch < phase.epochs() && !cancellation.isRequested() && !watch.isStopped();
        epoch++) {
      long start = System.nanoTime();
      pass = new Pass(phase, objective, executor, updates, losses, epoch * perEpoch, total);
      if (at != null) {
        pass.goOn(at);
        at = null;
      }
      Metrics learnt = pass.train(training, variants);
      if (cancellation.isRequested()) {
        break;
      }
      Metrics measured = evaluate(objective, executor, validation);
      if (cancellation.isRequested()) {
        // Perhaps within validation: a part of it tells nothing.
        break;
      }
      expectNumber("validation loss", measured.loss(), phase, pass.rate);
      epochs++;
      double rate = pass.rate;
      boolean improved = record(measured);
      pass = null;
      watch.stopAfter(measured.loss());
      losses.add(measured.loss());
      save(within(phase, updates, losses, null));
      double seconds = (System.nanoTime() - start) / 1e9;
      listener.on(
          new TrainEvent.Epoch(phase.name(), epochs, rate, learnt, measured, improved, seconds));
    }
    remembered = updates.remembered();
    String why = reason(phase, watch, epochs - before);
    if (cancellation.isRequested()) {
      save(within(phase, updates, losses, pass));
      why = "cancelled";
    }
    past.add(new PhaseEnd(phase.name(), epochs - before, why, watch.best(), phase.rate()));
    listener.on(new TrainEvent.Ended(phase.name(), why));
  }

  private String reason(Phase phase, EarlyStopping.Watch watch, int trained) {
    if (!watch.isStopped() || trained == phase.epochs()) {
      return phase.epochs() == 1
          ? "one epoch trained"
          : "all " + phase.epochs() + " epochs trained";
    }
    int idle = phase.stopping().patience();
    return "stopped after epoch "
        + epochs
        + ": the validation loss has not improved for "
        + idle
        + (idle == 1 ? " epoch" : " epochs");
  }

  /**
   * @param pass the epoch under way; null between two epochs
   */
  private RunState.Within within(
      Phase phase, Updates updates, List<Double> losses, @Nullable Pass pass) {
    return new RunState.Within(
        phase.name(),
        losses.size(),
        pass == null ? 0 : pass.taken,
        pass == null ? 0 : pass.done,
        pass == null ? 0 : pass.rate,
        losses,
        pass == null ? List.of() : Arrays.stream(pass.sums.state()).boxed().toList(),
        phase.optimizer().state(backend),
        updates.remembered());
  }

  private void save(RunState.Within now) {
    RunState state =
        new RunState(
            seed, origin, epochs, steps, past, now, variables.snapshot(changed), best, last);
    checkpoints.save(CheckpointStore.RUN, state.toCheckpoint());
  }

  /**
   * Goes on from where a run was stopped; the next phase to train is the one it was in.
   *
   * @throws TrainingException if that run follows from anything else; the message lists what
   */
  public void resume(RunState state) {
    List<String> differences =
        state.origin().with("seed", state.seed()).differences(origin.with("seed", seed));
    if (!differences.isEmpty()) {
      throw new TrainingException(
          "the run that was stopped is another: "
              + String.join("; ", differences)
              + "; go on with what it began with, or begin anew");
    }
    variables.restore(state.weights());
    changed.addAll(state.weights().names());
    past.addAll(state.past());
    epochs = state.epochs();
    steps = state.steps();
    best = state.best();
    last = state.last();
    within = state.within();
  }

  /** Whether the next phase goes on where it was stopped. */
  public boolean isWithinPhase() {
    return within != null;
  }

  private static String describe(Phase phase, Set<String> trainable) {
    return "training "
        + trainable.size()
        + (trainable.size() == 1 ? " tensor" : " tensors")
        + String.format(Locale.ROOT, " at rate %.3g", phase.rate())
        + (phase.reason().isEmpty() ? "" : ": " + phase.reason());
  }

  /** Notes the state after an epoch; returns whether it is the best so far. */
  private boolean record(Metrics measured) {
    last = measured;
    CheckpointStore.Checkpoint state = checkpoint(measured);
    checkpoints.save(CheckpointStore.LAST, state);
    return keepIfBest(measured, "", state);
  }

  private CheckpointStore.Checkpoint checkpoint(Metrics measured) {
    return new CheckpointStore.Checkpoint(
        variables.snapshot(changed),
        Map.of("epoch", "" + epochs, "validation_loss", "" + measured.loss()));
  }

  private boolean keepIfBest(
      Metrics measured, String average, CheckpointStore.Checkpoint checkpoint) {
    boolean improved = best == null || isBetter(measured, best.validation());
    if (improved) {
      best = new Best(measured, epochs, average, checkpoint.weights());
      checkpoints.save(CheckpointStore.BEST, checkpoint);
    }
    return improved;
  }

  /**
   * Validates the variables as they are, behind a phase, and takes them for the best state if they
   * are: for weights that training has not passed through.
   *
   * @param average what they are, for people
   * @return what was measured; null if the run was cancelled meanwhile
   */
  public @Nullable Metrics consider(String average, Objective objective, Batches validation) {
    return consider(average, objective, validation, false);
  }

  /**
   * As above.
   *
   * @param prefers takes them whatever they validate at, as long as it is a number
   */
  public @Nullable Metrics consider(
      String average, Objective objective, Batches validation, boolean prefers) {
    Executor executor = new PlanExecutor(objective.graph(), variables, backend, Set.of());
    Metrics measured = evaluate(objective, executor, validation);
    if (cancellation.isRequested()) {
      return null;
    }
    if (Double.isFinite(measured.loss())) {
      best = prefers ? null : best;
      keepIfBest(measured, average, checkpoint(measured));
      past.add(past.remove(past.size() - 1).reaching(measured.loss()));
    }
    return measured;
  }

  private boolean isBetter(Metrics one, Metrics other) {
    int gain = Double.compare(score(one), score(other));
    return gain > 0 || (gain == 0 && one.loss() < other.loss());
  }

  /** What of a metric that measured nothing is worth less than anything measured. */
  private double score(Metrics metrics) {
    double score = chosenBy == null ? 0 : metrics.get(chosenBy);
    return Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
  }

  /** Loss and accuracy of the variables as they are. */
  private Metrics evaluate(Objective objective, Executor executor, Batches validation) {
    MetricSums sums = new MetricSums(objective.measures());
    try (BatchIterator batches = validation.inOrder()) {
      while (cancellation.goesOnWith(batches)) {
        Batch batch = batches.next();
        sums.add(batch, executor.predict(batch.tensors()));
      }
    }
    return sums.mean();
  }

  private void expectNumber(String what, double loss, Phase phase, double rate) {
    if (!Double.isFinite(loss)) {
      throw new TrainingException(
          "the "
              + what
              + " became "
              + loss
              + " in epoch "
              + (epochs + 1)
              + " at learning rate "
              + rate
              + " (phase "
              + phase.name()
              + "); lower the rate. "
              + (best == null ? "No epoch was completed" : "The last good checkpoint is kept"));
    }
  }

  /** One epoch's steps. */
  private final class Pass {
    private final Phase phase;
    private final Objective objective;
    private final Executor executor;
    private final Updates updates;
    private final List<Double> losses;
    private final int firstStep;
    private final int totalSteps;
    private final MetricSums sums;
    private int done;
    private int skipped;
    private int taken;
    private double rate;

    Pass(
        Phase phase,
        Objective objective,
        Executor executor,
        Updates updates,
        List<Double> losses,
        int firstStep,
        int totalSteps) {
      this.phase = phase;
      this.objective = objective;
      this.executor = executor;
      this.updates = updates;
      this.losses = losses;
      this.firstStep = firstStep;
      this.totalSteps = totalSteps;
      this.sums = new MetricSums(objective.measures());
    }

    /** Leaves out what lies behind. */
    void goOn(RunState.Within at) {
      done = at.steps();
      skipped = at.taken();
      taken = at.taken();
      rate = at.rate();
      sums.restore(at.sums().stream().mapToDouble(Double::doubleValue).toArray());
    }

    Metrics train(Batches training, Variants variants) {
      int[] all = Rng.permutation(Rng.key(seed, 1, epochs), training.size());
      int[] order = Arrays.copyOfRange(all, skipped, all.length);
      int turn = variants.turn(epochs);
      try (BatchIterator batches = training.iterate(order, item -> variants.of(turn, item))) {
        while (cancellation.goesOnWith(batches)) {
          step(batches.next(), firstStep + done);
          done++;
          taken = skipped + batches.taken();
          listener.on(new TrainEvent.Progress(phase.name(), firstStep + done));
        }
      }
      return sums.mean();
    }

    private void step(Batch batch, int step) {
      rate = phase.rate() * phase.schedule().factor(step, totalSteps, losses);
      Executor.Step result = executor.step(batch.tensors(), Loss.VALUE, Rng.key(seed, 3, steps));
      steps++;
      expectNumber("loss", MetricSums.loss(result.outputs()), phase, rate);
      sums.add(batch, result.outputs());
      updates.apply(result.gradients(), rate);
    }
  }

  /** The best state so far; null before the first epoch. */
  public @Nullable Best best() {
    return best;
  }

  /** The metrics after the most recent epoch; null before the first. */
  public @Nullable Metrics last() {
    return last;
  }

  /** What the transforms of the last phase remembered at its end, in host memory. */
  public Map<String, Tensor> remembered() {
    return remembered;
  }

  /** The phases that have ended, in order. */
  public List<PhaseEnd> past() {
    return List.copyOf(past);
  }

  /** Number of epochs trained so far, over all phases. */
  public int epochs() {
    return epochs;
  }
}
