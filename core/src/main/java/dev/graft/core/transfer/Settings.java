package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Augment;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a network is fine-tuned. Start from {@link #of} and change what differs:
 *
 * <pre>{@code
 * Settings settings = Settings.of(Recipe.STAGED, 12).seed(1).rate(0.01);
 * }</pre>
 *
 * <p>The methods change this object and return it. Not for several threads.
 */
public final class Settings {

  private final Recipe recipe;
  private final int epochs;
  private HeadChoice head = HeadChoice.AUTO;
  private FreezeMask freeze = FreezeMask.NONE;
  private final List<GroupRule> groupRules = new ArrayList<>();
  private OptionalDouble rate = OptionalDouble.empty();
  private double weightDecay;
  private double labelSmoothing;
  private int batchSize = 32;
  private int patience;
  private long seed;
  private Augment augment = Augment.NONE;
  private Supplier<Optimizer> optimizer = () -> new Sgd(0.9, false);
  private @Nullable Schedule schedule;
  private @Nullable Backend backend;
  private int threads = Runtime.getRuntime().availableProcessors();
  private long cacheBytes = Runtime.getRuntime().maxMemory() / 4;
  private CheckpointStore checkpoints = CheckpointStore.none();
  private TrainListener listener = TrainListener.SILENT;
  private Cancellation cancellation = new Cancellation();

  private Settings(Recipe recipe, int epochs) {
    this.recipe = recipe;
    this.epochs = epochs;
  }

  /**
   * The defaults: SGD with momentum 0.9, batches of 32, no weight decay, no augmentation, seed 0,
   * all processors, the best backend there is.
   *
   * @param epochs bound on all phases together, at least 1, for STAGED at least 2
   * @throws IllegalArgumentException if there are too few epochs
   */
  public static Settings of(Recipe recipe, int epochs) {
    int least = recipe == Recipe.STAGED ? 2 : 1;
    if (epochs < least) {
      throw new IllegalArgumentException(
          "recipe "
              + recipe.name().toLowerCase(Locale.ROOT)
              + " needs at least "
              + least
              + (least == 1 ? " epoch" : " epochs")
              + ", found "
              + epochs);
    }
    return new Settings(recipe, epochs);
  }

  /** Whether the head is replaced. */
  public Settings head(HeadChoice head) {
    this.head = head;
    return this;
  }

  /** Freezes layers in all phases, beside what the recipe freezes. */
  public Settings freeze(FreezeMask mask) {
    this.freeze = freeze.and(mask);
    return this;
  }

  /** Trains the layers that a pattern selects at {@code factor} times the learning rate. */
  public Settings rateFactor(String pattern, double factor) {
    groupRules.add(GroupRule.rate(pattern, factor));
    return this;
  }

  /** Decays all tensors of the layers that a pattern selects, their biases too. */
  public Settings weightDecay(String pattern, double weightDecay) {
    groupRules.add(GroupRule.decay(pattern, weightDecay));
    return this;
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
    this.rate = OptionalDouble.of(rate);
    return this;
  }

  /** Decay of the weights (not of biases and normalisations) per step and unit of rate. */
  public Settings weightDecay(double weightDecay) {
    this.weightDecay = weightDecay;
    return this;
  }

  /** Share of each target that is spread over all classes, in [0, 1). */
  public Settings labelSmoothing(double share) {
    this.labelSmoothing = share;
    return this;
  }

  /**
   * Pictures a step.
   *
   * @throws IllegalArgumentException if below 1
   */
  public Settings batchSize(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("the batch size must be at least 1, found " + batchSize);
    }
    this.batchSize = batchSize;
    return this;
  }

  /**
   * Ends a phase after so many epochs without a lower validation loss; 0 trains all epochs, but the
   * head of STAGED still stops after {@link FineTune#HEAD_PATIENCE}.
   */
  public Settings patience(int patience) {
    this.patience = patience;
    return this;
  }

  /** Seed of new weights, of the order of pictures, of augmentation and dropout. */
  public Settings seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** Random changes to training pictures, in phases that do not run on cached features. */
  public Settings augment(Augment augment) {
    this.augment = augment;
    return this;
  }

  /** Makes a fresh optimizer for each phase. */
  public Settings optimizer(Supplier<Optimizer> optimizer) {
    this.optimizer = optimizer;
    return this;
  }

  /** Replaces the recipe's schedule in every phase. */
  public Settings schedule(Schedule schedule) {
    this.schedule = schedule;
    return this;
  }

  /** Where to compute; stays the caller's to close. */
  public Settings backend(Backend backend) {
    this.backend = backend;
    return this;
  }

  /** Threads that read pictures, and that compute where no backend is given. */
  public Settings threads(int threads) {
    this.threads = threads;
    return this;
  }

  /** Bound on the memory for cached features, in bytes; 0 switches the cache off. */
  public Settings cacheBytes(long bytes) {
    this.cacheBytes = bytes;
    return this;
  }

  /** Where intermediate states go. */
  public Settings checkpoints(CheckpointStore checkpoints) {
    this.checkpoints = checkpoints;
    return this;
  }

  /** Hears of every step and epoch. */
  public Settings listener(TrainListener listener) {
    this.listener = listener;
    return this;
  }

  /** Lets another thread end the run. */
  public Settings cancellation(Cancellation cancellation) {
    this.cancellation = cancellation;
    return this;
  }

  Recipe recipe() {
    return recipe;
  }

  int epochs() {
    return epochs;
  }

  HeadChoice head() {
    return head;
  }

  FreezeMask freeze() {
    return freeze;
  }

  List<GroupRule> groupRules() {
    return groupRules;
  }

  OptionalDouble rate() {
    return rate;
  }

  double weightDecay() {
    return weightDecay;
  }

  double labelSmoothing() {
    return labelSmoothing;
  }

  int batchSize() {
    return batchSize;
  }

  int patience() {
    return patience;
  }

  long seed() {
    return seed;
  }

  Augment augment() {
    return augment;
  }

  Optimizer newOptimizer() {
    return optimizer.get();
  }

  @Nullable Schedule schedule() {
    return schedule;
  }

  @Nullable Backend backend() {
    return backend;
  }

  int threads() {
    return threads;
  }

  long cacheBytes() {
    return cacheBytes;
  }

  CheckpointStore checkpoints() {
    return checkpoints;
  }

  TrainListener listener() {
    return listener;
  }

  Cancellation cancellation() {
    return cancellation;
  }
}
