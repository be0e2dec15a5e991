package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Mix;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.GradientTransform;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.RunState;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainListener;
import dev.graft.core.train.metric.Metric;
import dev.graft.core.transfer.average.AverageKind;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.freeze.GroupRule;
import dev.graft.core.transfer.recipe.Course;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.recipe.Terms;
import dev.graft.core.transfer.surgery.HeadChoice;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How a network is fine-tuned. Start from {@link #of} and change what differs:
 *
 * <pre>{@code
 * Settings settings = Settings.of(Recipe.STAGED, 12).seed(1).rate(0.01);
 * }</pre>
 *
 * <p>Immutable: a method returns changed settings and leaves these as they are, so several runs can
 * start from the same ones, in any thread.
 */
public final class Settings implements Terms {

  private final Values values;

  private Settings(Values values) {
    this.values = values;
  }

  /**
   * The defaults: SGD with momentum 0.9, batches as the recipe has them, no weight decay, no
   * augmentation, seed 0, all processors, the best backend there is.
   *
   * @param epochs bound on all phases together, at least 1, for STAGED at least 2
   * @throws IllegalArgumentException if there are too few epochs
   */
  public static Settings of(Recipe recipe, int epochs) {
    int least = recipe.leastEpochs();
    if (epochs < least) {
      throw new IllegalArgumentException(
          "recipe "
              + recipe.name()
              + " needs at least "
              + least
              + (least == 1 ? " epoch" : " epochs")
              + ", found "
              + epochs);
    }
    return new Settings(new Values(recipe, epochs));
  }

  /** Whether the head is replaced. */
  public Settings head(HeadChoice head) {
    return with(v -> v.head = head);
  }

  /** Freezes layers in all phases, beside what the recipe freezes. */
  public Settings freeze(FreezeMask mask) {
    return with(v -> v.freeze = v.freeze.and(mask));
  }

  /** Trains the layers that a pattern selects at {@code factor} times the learning rate. */
  public Settings rateFactor(String pattern, double factor) {
    return with(rule(GroupRule.rate(pattern, factor)));
  }

  /** Decays all tensors of the layers that a pattern selects, their biases too. */
  public Settings weightDecay(String pattern, double weightDecay) {
    return with(rule(GroupRule.decay(pattern, weightDecay)));
  }

  /**
   * Learning rate of the first phase; the second phase of STAGED scales with it.
   *
   * @throws IllegalArgumentException if it is not a positive number
   */
  public Settings rate(double rate) {
    if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the learning rate must be above 0, found " + rate);
    }
    return with(v -> v.rate = OptionalDouble.of(rate));
  }

  /**
   * Finds the rate of the first phase by trying, see {@link dev.graft.core.train.RateFinder}: in
   * place of one that is said, or that the recipe would take.
   */
  public Settings findRate(boolean finds) {
    return with(v -> v.findsRate = finds);
  }

  /**
   * Slows layers down with their distance from the head: the rate of a block is that of the block
   * above it times {@code decay}. Blocks are told from the graph.
   *
   * @param decay in (0, 1]; 1 slows nothing
   * @throws IllegalArgumentException if it is not
   */
  public Settings layerDecay(double decay) {
    if (!(decay > 0 && decay <= 1)) {
      throw new IllegalArgumentException("the layer decay must be in (0, 1], found " + decay);
    }
    return with(v -> v.layerDecay = decay);
  }

  /**
   * Decays the weights below the head towards those that training starts from, see {@link
   * dev.graft.core.train.L2Sp}.
   *
   * @param alpha strength, at least 0; 0 is none
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public Settings l2sp(double alpha) {
    if (!(alpha >= 0 && alpha < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the decay towards the start must be at least 0, found " + alpha);
    }
    return with(v -> v.l2sp = alpha);
  }

  /**
   * Averages of weights that are tried behind each phase; one is kept where it is better than the
   * best epoch.
   */
  public Settings averages(List<AverageKind> averages) {
    List<AverageKind> copy = averages.stream().distinct().toList();
    return with(v -> v.averages = copy);
  }

  /** Decay of the weights (not of biases and normalisations) per step and unit of rate. */
  public Settings weightDecay(double weightDecay) {
    return with(v -> v.weightDecay = weightDecay);
  }

  /** Share of each target that is spread over all classes, in [0, 1). */
  public Settings labelSmoothing(double share) {
    return with(v -> v.labelSmoothing = share);
  }

  /** Whether every class of pictures counts alike in the loss, however few examples it has. */
  public Settings balanceClasses(boolean balances) {
    return with(v -> v.balancesClasses = balances);
  }

  /**
   * Examples a step: 32 unless it is said here, but AUTO chooses.
   *
   * @throws IllegalArgumentException if below 1
   */
  public Settings batchSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("the batch size must be at least 1, found " + batchSize);
    }
    return with(v -> v.batchSize = OptionalInt.of(batchSize));
  }

  /**
   * Ends a phase after so many epochs without a lower validation loss; 0 trains all epochs, but the
   * head of STAGED still stops after {@link Course#HEAD_PATIENCE}.
   */
  public Settings patience(int patience) {
    return with(v -> v.patience = patience);
  }

  /**
   * Chooses the best epoch by a metric of the output, of which more is better, instead of by the
   * lowest validation loss.
   */
  public Settings chooseBy(Metric metric) {
    return with(v -> v.metric = metric);
  }

  /**
   * Time that AUTO may take to train everything, 10 minutes unless it is said here: turned into a
   * number of epochs by what they are taken to cost.
   *
   * @throws IllegalArgumentException if it is not a positive number
   */
  public Settings minutes(double minutes) {
    if (!(minutes > 0 && minutes < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the minutes must be above 0, found " + minutes);
    }
    return with(v -> v.minutes = minutes);
  }

  /** Seed of new weights, of the order of pictures, of augmentation and dropout. */
  public Settings seed(long seed) {
    return with(v -> v.seed = seed);
  }

  /**
   * Random changes to training pictures, new ones in every epoch. A frozen trunk and a teacher see
   * some {@link #variants} of each picture in turn.
   */
  public Settings augment(Augment augment) {
    return with(v -> v.augment = augment);
  }

  /**
   * Mixes training pictures with one another, new ones in every epoch, and their classes with them.
   * What validates is not mixed.
   */
  public Settings mix(Mix mix) {
    return with(v -> v.mix = mix);
  }

  /** Makes a fresh optimizer for each phase. */
  public Settings optimizer(Supplier<Optimizer> optimizer) {
    return with(v -> v.optimizer = optimizer);
  }

  /** Replaces the recipe's schedule in every phase. */
  public Settings schedule(Schedule schedule) {
    return with(v -> v.schedule = schedule);
  }

  /** Where to compute; stays the caller's to close. */
  public Settings backend(Backend backend) {
    return with(v -> v.backend = backend);
  }

  /** Threads that read pictures, and that compute where no backend is given. */
  public Settings threads(int threads) {
    return with(v -> v.threads = threads);
  }

  /**
   * How many variants of an augmented picture pass through a frozen trunk, or before a teacher: 8
   * unless it is said here.
   *
   * @throws IllegalArgumentException if below 1
   */
  public Settings variants(int variants) {
    if (variants < 1) {
      throw new IllegalArgumentException("expected at least 1 variant, found " + variants);
    }
    return with(v -> v.variants = variants);
  }

  /**
   * Bound on the memory for cached features, in bytes: 1 GiB unless it is said here; 0 switches the
   * cache off. What is cached has the same bits as what is not; only time differs.
   */
  public Settings cacheBytes(long bytes) {
    return with(v -> v.cacheBytes = bytes);
  }

  /** Where intermediate states go. */
  public Settings checkpoints(CheckpointStore checkpoints) {
    return with(v -> v.checkpoints = checkpoints);
  }

  /** Lets every step's gradients pass a transform, behind those that were given before. */
  public Settings transform(GradientTransform transform) {
    return with(
        v -> v.transforms = Stream.concat(v.transforms.stream(), Stream.of(transform)).toList());
  }

  /**
   * Goes on from where a run with the same model, data and settings was stopped, to the same bits.
   */
  public Settings resume(RunState state) {
    return with(v -> v.resume = state);
  }

  /** Hears of every step and epoch. */
  public Settings listener(TrainListener listener) {
    return with(v -> v.listener = listener);
  }

  /** Lets another thread end the run. */
  public Settings cancellation(Cancellation cancellation) {
    return with(v -> v.cancellation = cancellation);
  }

  private static Consumer<Values> rule(GroupRule rule) {
    return v -> v.groupRules = Stream.concat(v.groupRules.stream(), Stream.of(rule)).toList();
  }

  private Settings with(Consumer<Values> change) {
    Values changed = values.clone();
    change.accept(changed);
    return new Settings(changed);
  }

  Recipe recipe() {
    return values.recipe;
  }

  @Override
  public int epochs() {
    return values.epochs;
  }

  HeadChoice head() {
    return values.head;
  }

  @Override
  public FreezeMask freeze() {
    return values.freeze;
  }

  @Override
  public List<GroupRule> groupRules() {
    return values.groupRules;
  }

  @Override
  public OptionalDouble rate() {
    return values.rate;
  }

  @Override
  public boolean findsRate() {
    return values.findsRate;
  }

  @Override
  public double layerDecay() {
    return values.layerDecay;
  }

  double l2sp() {
    return values.l2sp;
  }

  @Override
  public double weightDecay() {
    return values.weightDecay;
  }

  List<AverageKind> averages() {
    return values.averages;
  }

  double labelSmoothing() {
    return values.labelSmoothing;
  }

  boolean balancesClasses() {
    return values.balancesClasses;
  }

  @Override
  public OptionalInt batchSize() {
    return values.batchSize;
  }

  @Override
  public int patience() {
    return values.patience;
  }

  @Nullable Metric metric() {
    return values.metric;
  }

  @Override
  public double minutes() {
    return values.minutes;
  }

  long seed() {
    return values.seed;
  }

  Augment augment() {
    return values.augment;
  }

  @Nullable Mix mix() {
    return values.mix;
  }

  @Override
  public Optimizer newOptimizer() {
    return values.optimizer.get();
  }

  @Override
  public @Nullable Schedule schedule() {
    return values.schedule;
  }

  @Nullable Backend backend() {
    return values.backend;
  }

  int threads() {
    return values.threads;
  }

  int variants() {
    return values.variants;
  }

  long cacheBytes() {
    return values.cacheBytes;
  }

  List<GradientTransform> transforms() {
    return values.transforms;
  }

  @Nullable RunState resume() {
    return values.resume;
  }

  CheckpointStore checkpoints() {
    return values.checkpoints;
  }

  TrainListener listener() {
    return values.listener;
  }

  Cancellation cancellation() {
    return values.cancellation;
  }

  /** Written only between {@link #clone} and the end of {@link #with}. */
  private static final class Values implements Cloneable {
    final Recipe recipe;
    final int epochs;
    HeadChoice head = HeadChoice.AUTO;
    FreezeMask freeze = FreezeMask.NONE;
    List<GroupRule> groupRules = List.of();
    OptionalDouble rate = OptionalDouble.empty();
    boolean findsRate;
    double layerDecay = 1;
    double l2sp;
    double weightDecay;
    List<AverageKind> averages = List.of();
    double labelSmoothing;
    boolean balancesClasses;
    OptionalInt batchSize = OptionalInt.empty();
    int patience;
    double minutes = 10;
    @Nullable Metric metric;
    long seed;
    Augment augment = Augment.NONE;
    @Nullable Mix mix;
    Supplier<Optimizer> optimizer = () -> new Sgd(0.9, false);
    @Nullable Schedule schedule;
    @Nullable Backend backend;
    int threads = Runtime.getRuntime().availableProcessors();
    long cacheBytes = 1L << 30;
    int variants = 8;
    List<GradientTransform> transforms = List.of();
    @Nullable RunState resume;
    CheckpointStore checkpoints = CheckpointStore.none();
    TrainListener listener = TrainListener.SILENT;
    Cancellation cancellation = new Cancellation();

    Values(Recipe recipe, int epochs) {
      this.recipe = recipe;
      this.epochs = epochs;
    }

    @Override
    public Values clone() {
      try {
        return (Values) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
