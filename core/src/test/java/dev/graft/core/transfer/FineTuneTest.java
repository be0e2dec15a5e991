package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Initializer;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import dev.graft.core.transfer.surgery.Surgery;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FineTuneTest extends FineTuneFixture {

  static List<Recipe> recipes() {
    return Recipe.ALL;
  }

  private static final Set<String> TRUNK =
      Set.of("stem.conv.weight", "stem.norm.running_mean", "stem.norm.weight", "block.conv.bias");

  @Test
  void headRecipe_leavesTheTrunkAlone_andReadsEachPictureOnce() {
    Model model = Toy.network();
    Toy.Halves training = new Toy.Halves(40, 1);
    Split<Pictures> data = new Split<>(training, new Toy.Halves(24, 2));
    Tuned tuned = FineTune.run(model, data, settings(Recipe.HEAD, 5).rate(0.1));
    assertThat(Toy.same(weights(tuned), model.weights(), TRUNK)).isTrue();
    assertThat(tuned.model().metadata().labels()).containsExactly("left", "up");
    assertThat(training.reads).hasValue(40);
  }

  @Test
  void sameSeed_givesTheSameBits_withOneThreadAndTwo() {
    Tuned two = FineTune.run(Toy.network(), Toy.data(), settings(Recipe.STAGED, 4));
    try (Backend single = new JavaBackend(1)) {
      Settings settings = settings(Recipe.STAGED, 4).backend(single).threads(1);
      Tuned one = FineTune.run(Toy.network(), Toy.data(), settings);
      assertThat(Toy.same(weights(one), weights(two), weights(one).names())).isTrue();
      Tuned other = FineTune.run(Toy.network(), Toy.data(), settings(Recipe.STAGED, 4).seed(6));
      assertThat(Toy.same(weights(one), weights(other), weights(one).names())).isFalse();
    }
  }

  @Test
  void theBestOfAllPhases_isWhatIsReturned() {
    MemoryStore store = new MemoryStore();
    // Everything at a rate that ruins what the head has learnt.
    Settings settings =
        settings(Recipe.STAGED, 8)
            .rate(0.5)
            .rateFactor("stem.", 1000)
            .schedule(Schedule.constant())
            .checkpoints(store);
    Tuned tuned = FineTune.run(Toy.network(), Toy.data(), settings);
    assertThat(tuned.best().loss()).isLessThanOrEqualTo(tuned.last().loss());
    Weights best = store.saved.get(CheckpointStore.BEST).weights();
    assertThat(Toy.same(best, weights(tuned), best.names())).isTrue();
  }

  @Test
  void scratchRecipe_drawsEverythingAnew() {
    Model model = Toy.network();
    Model fresh = Surgery.reinitialize(model, 3);
    assertThat(Toy.same(fresh.weights(), model.weights(), Set.of("stem.conv.weight"))).isFalse();
    assertThat(fresh.weights().get("stem.norm.running_var").toArray()).containsOnly(1);
    assertThat(fresh.weights().get("head.bias").toArray()).containsOnly(0);
    Tuned tuned = FineTune.run(model, Toy.data(), settings(Recipe.SCRATCH, 1));
    assertThat(Toy.same(weights(tuned), model.weights(), Set.of("stem.conv.weight"))).isFalse();
  }

  @Test
  void factorOfZero_equalsFreezing_bitForBit() {
    Settings zero = settings(Recipe.FULL, 3).rateFactor("stem.", 0).weightDecay(0.01).rate(0.05);
    Settings frozen =
        settings(Recipe.FULL, 3).freeze(FreezeMask.matching("stem.")).weightDecay(0.01).rate(0.05);
    Tuned a = FineTune.run(Toy.network(), Toy.data(), zero);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), frozen);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
    assertThat(Toy.same(weights(a), Toy.network().weights(), Set.of("stem.conv.weight"))).isTrue();
  }

  @Test
  void rateFactor_scalesTheUpdateExactly() {
    // One step of plain gradient descent: w' - w is the rate times the same gradient; powers of two
    // scale it exactly, up to the rounding of the subtraction from w.
    Model start = HeadChoice.NEW.apply(Toy.plain(), List.of("left", "up"), 5);
    float[] before = start.weights().get("first.weight").toArray();
    float[] whole = oneStep(start, 1);
    float[] quarter = oneStep(start, 0.25);
    for (int i = 0; i < before.length; i++) {
      double update = whole[i] - (double) before[i];
      double scaled = quarter[i] - (double) before[i];
      assertThat(scaled).isCloseTo(update / 4, within(Math.ulp(before[i]) * 1.0));
    }
  }

  private float[] oneStep(Model start, double factor) {
    Split<Pictures> data = new Split<>(new Toy.Halves(8, 1), new Toy.Halves(4, 2));
    Settings settings =
        settings(Recipe.FULL, 1)
            .head(HeadChoice.KEEP)
            .rate(0.5)
            .schedule(Schedule.constant())
            .optimizer(() -> new Sgd(0, false))
            .rateFactor("first", factor);
    return weights(FineTune.run(start, data, settings)).get("first.weight").toArray();
  }

  @Test
  void lossThatIsNoNumber_namesTheRate_andKeepsTheLastGoodState() {
    MemoryStore store = new MemoryStore();
    Schedule explodes = (step, steps) -> step < 10 ? 1e-3 : 1e30;
    Settings settings = settings(Recipe.FULL, 6).rate(1).schedule(explodes).checkpoints(store);
    assertThatThrownBy(() -> FineTune.run(Toy.plain(), Toy.data(), settings))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("learning rate 1.0E30")
        .hasMessageContaining("checkpoint");
    for (float value :
        store.saved.get(CheckpointStore.LAST).weights().get("head.weight").toArray()) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void unreadablePictures_areSkippedAndNamed_upToATenthOfAllSplits() {
    Split<Pictures> few =
        new Split<>(new Toy.Halves(40, 1, Set.of(3, 17)), new Toy.Halves(24, 2, Set.of(5, 6, 7)));
    for (Recipe recipe : List.of(Recipe.STAGED, Recipe.FULL)) {
      Tuned tuned = FineTune.run(Toy.network(), few, settings(recipe, 2));
      assertThat(tuned.unreadable().keySet())
          .containsExactly(
              "picture 1/17", "picture 1/3", "picture 2/5", "picture 2/6", "picture 2/7");
      assertThat(tuned.images()).isEqualTo(38);
    }
  }

  @Test
  void moreThanATenthOfAllSplits_isAnError_whetherFeaturesAreCachedOrNot() {
    Split<Pictures> many =
        new Split<>(
            new Toy.Halves(40, 1, Set.of(1, 2, 3, 4)), new Toy.Halves(24, 2, Set.of(5, 6, 7)));
    for (Settings settings :
        List.of(
            settings(Recipe.HEAD, 2),
            settings(Recipe.HEAD, 2).cacheBytes(0),
            settings(Recipe.FULL, 2))) {
      assertThatThrownBy(() -> FineTune.run(Toy.network(), many, settings))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("7 of 64 pictures could not be read")
          .hasMessageEndingWith("the first: picture 1/1 is broken");
    }
  }

  @Test
  void nothingToMeasureOn_isAnError_howeverFewThatAre() {
    Split<Pictures> data =
        new Split<>(new Toy.Halves(40, 1), new Toy.Halves(3, 2, Set.of(0, 1, 2)));
    assertThatThrownBy(() -> FineTune.run(Toy.network(), data, settings(Recipe.HEAD, 2)))
        .isInstanceOf(DataException.class)
        .hasMessage("none of 3 pictures could be read; the first: picture 2/0 is broken");
  }

  @Test
  void cancelling_returnsTheBestSoFar() {
    Cancellation cancellation = new Cancellation();
    Settings settings =
        settings(Recipe.FULL, 50)
            .cancellation(cancellation)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Epoch epoch && epoch.epoch() == 2) {
                    cancellation.cancel();
                  }
                });
    Tuned tuned = FineTune.run(Toy.network(), Toy.data(), settings);
    assertThat(tuned.epochs()).isEqualTo(2);
  }

  /** Whether it computes, waits for pictures, or fills the cache. */
  @ParameterizedTest
  @MethodSource("recipes")
  void interruptingTheThread_returnsTheBestSoFar_andStaysInterrupted(Recipe recipe)
      throws InterruptedException {
    CountDownLatch learnt = new CountDownLatch(2);
    Settings settings =
        settings(recipe, 1_000_000)
            .rate(0.01)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Epoch) {
                    learnt.countDown();
                  }
                });
    AtomicReference<Tuned> tuned = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    Thread training =
        new Thread(
            () -> {
              tuned.set(FineTune.run(Toy.network(), Toy.data(), settings));
              interrupted.set(Thread.interrupted());
            });
    training.start();
    assertThat(learnt.await(60, TimeUnit.SECONDS)).isTrue();
    training.interrupt();
    training.join(60_000);
    assertThat(tuned.get().epochs()).isGreaterThanOrEqualTo(2);
    assertThat(interrupted).isTrue();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void interruptedBeforeAnythingIsLearnt_saysThatNothingIsSaved(Recipe recipe) {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> FineTune.run(Toy.network(), Toy.data(), settings(recipe, 3)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("cancelled");
    assertThat(Thread.interrupted()).isTrue();
  }

  /** With it, a checkpoint is a model even where the run ends half-way. */
  @Test
  void checkpoints_belongToTheModelThatTheStoreWasGivenFirst() {
    MemoryStore store = new MemoryStore();
    Tuned tuned =
        FineTune.run(Toy.network(), Toy.data(), settings(Recipe.STAGED, 4).checkpoints(store));
    Weights best = store.saved.get(CheckpointStore.BEST).weights();
    Model start = Objects.requireNonNull(store.start);
    assertThat(start.metadata()).isEqualTo(tuned.model().metadata());
    Weights made = start.weights().with(best.asMap());
    assertThat(Toy.same(made, weights(tuned), made.names())).isTrue();
  }

  @Test
  void everythingFrozen_isRefused() {
    Settings settings = settings(Recipe.FULL, 1).freeze(FreezeMask.matching("*"));
    assertThatThrownBy(() -> FineTune.run(Toy.network(), Toy.data(), settings))
        .hasMessageContaining("every parameter is frozen");
  }

  @Test
  void headRecipe_leavesEveryTensorOfTheTrunkAlone() {
    Model model = Toy.network();
    for (long cache : new long[] {0, Long.MAX_VALUE}) {
      Settings settings = settings(Recipe.HEAD, 3).rate(0.1).cacheBytes(cache);
      Weights tuned = weights(FineTune.run(model, Toy.data(), settings.weightDecay(0.1)));
      Set<String> trunk = new HashSet<>(model.weights().names());
      trunk.removeIf(name -> name.startsWith("head"));
      assertThat(Toy.same(tuned, model.weights(), trunk)).isTrue();
      assertThat(Toy.same(tuned, model.weights(), Set.of("head.bias"))).isFalse();
    }
  }

  @Test
  void aModel_isNotChangedByItsTraining() {
    Model model = Toy.network();
    Weights before = Toy.network().weights();
    FineTune.run(model, Toy.data(), settings(Recipe.FULL, 2).rate(0.1));
    assertThat(Toy.same(model.weights(), before, before.names())).isTrue();
    assertThat(model.metadata().labels()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void epochs_boundAllPhasesTogether(Recipe recipe) {
    for (int epochs : new int[] {2, 3, 5}) {
      List<TrainEvent.Epoch> heard =
          events(TrainEvent.Epoch.class, Toy.network(), settings(recipe, epochs).cacheBytes(0));
      assertThat(heard).as("%s %d", recipe, epochs).hasSizeBetween(2, epochs);
      assertThat(heard.get(heard.size() - 1).phase())
          .isEqualTo(
              switch (recipe.name()) {
                case "head", "scratch" -> recipe.name();
                default -> "all";
              });
    }
  }

  @Test
  void theReturnedModel_measuresWhatItsBestEpochDid() {
    Tuned tuned = FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 4).rate(0.1));
    int right = 0;
    try (Session session = Session.of(tuned.model(), backend)) {
      Toy.Halves validation = new Toy.Halves(24, 2);
      for (int i = 0; i < validation.size(); i++) {
        Prediction top = session.predict(validation.picture(i)).get(0);
        right += top.index() == validation.label(i) ? 1 : 0;
      }
    }
    assertThat(right / 24.0).isEqualTo(tuned.best().get("accuracy"));
  }

  @Test
  void patience_endsAPhaseOfAnyRecipe() {
    List<TrainEvent.Ended> ended =
        events(
            TrainEvent.Ended.class,
            Toy.plain(),
            settings(Recipe.FULL, 60).rate(3).schedule(Schedule.constant()).patience(2));
    assertThat(ended.get(0).reason())
        .matches("stopped after epoch \\d+: .*not improved for 2 epochs");
  }

  @Test
  void cancellingBeforeAnythingIsLearnt_saysThatNothingIsSaved() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    for (Recipe recipe : Recipe.ALL) {
      assertThatThrownBy(
              () ->
                  FineTune.run(
                      Toy.network(), Toy.data(), settings(recipe, 3).cancellation(cancellation)))
          .isInstanceOf(TrainingException.class)
          .hasMessageContaining("cancelled");
    }
  }

  /** SCRATCH starts from new weights: the old ones leave no trace. */
  @Test
  void scratch_forgetsTheOldWeights() {
    Model model = Toy.network();
    Map<String, Tensor> moved = new HashMap<>();
    model
        .weights()
        .asMap()
        .forEach((name, tensor) -> moved.put(name, Initializer.normal(1).draw(tensor.shape(), 5)));
    Settings one = settings(Recipe.SCRATCH, 2).head(HeadChoice.NEW);
    Settings two = settings(Recipe.SCRATCH, 2).head(HeadChoice.NEW);
    Weights a = weights(FineTune.run(model, Toy.data(), one));
    Weights b = weights(FineTune.run(model.with(model.weights().with(moved)), Toy.data(), two));
    assertThat(Toy.same(a, b, a.names())).isTrue();
  }
}
