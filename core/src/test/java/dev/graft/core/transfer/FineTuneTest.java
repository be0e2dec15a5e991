package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.data.Augment;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Initializer;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Softmax;
import dev.graft.core.op.Window;
import dev.graft.core.session.Prediction;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FineTuneTest {

  private static final Set<String> TRUNK =
      Set.of("stem.conv.weight", "stem.norm.running_mean", "stem.norm.weight", "block.conv.bias");

  private Backend backend;

  @BeforeEach
  void open() {
    backend = new JavaBackend(2);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private Settings settings(Recipe recipe, int epochs) {
    return Settings.of(recipe, epochs).seed(5).batchSize(8).backend(backend).threads(2);
  }

  private static Weights weights(Tuned tuned) {
    return tuned.model().weights();
  }

  @Test
  void headRecipe_leavesTheTrunkAlone_andReadsEachPictureOnce() {
    Model model = Toy.network();
    Toy.Halves training = new Toy.Halves(40, 1);
    Split data = new Split(training, new Toy.Halves(24, 2));
    Tuned tuned = FineTune.run(model, data, settings(Recipe.HEAD, 5).rate(0.1));
    assertThat(Toy.same(weights(tuned), model.weights(), TRUNK)).isTrue();
    assertThat(tuned.model().metadata().labels()).containsExactly("left", "up");
    assertThat(training.reads).hasValue(40);
  }

  @Test
  void cachedFeatures_giveTheSameBitsAsNone() {
    Settings cached = settings(Recipe.HEAD, 3);
    Settings direct = settings(Recipe.HEAD, 3).cacheBytes(0);
    Tuned a = FineTune.run(Toy.network(), Toy.data(), cached);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), direct);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
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
  void stagedRecipe_trainsTheHeadFirst_thenEverythingMuchSlower() {
    List<TrainEvent.Epoch> epochs = new ArrayList<>();
    Settings settings =
        settings(Recipe.STAGED, 6)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Epoch epoch) {
                    epochs.add(epoch);
                  }
                });
    FineTune.run(Toy.network(), Toy.data(), settings);
    assertThat(epochs).hasSize(6);
    assertThat(epochs).extracting(TrainEvent.Epoch::epoch).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(epochs.get(0).phase()).isEqualTo("head");
    assertThat(epochs.get(5).phase()).isEqualTo("all");
    assertThat(epochs.get(5).rate()).isLessThanOrEqualTo(epochs.get(0).rate() / 10);
  }

  @Test
  void headPhaseOfStaged_stopsWhenValidationDoes_andSaysSo() {
    List<String> reasons = new ArrayList<>();
    Settings settings =
        settings(Recipe.STAGED, 40)
            // So high that the loss soon rises.
            .rate(3)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Ended ended && ended.name().equals("head")) {
                    reasons.add(ended.reason());
                  }
                });
    Tuned tuned = FineTune.run(Toy.network(), Toy.data(), settings);
    assertThat(reasons).hasSize(1);
    assertThat(reasons.get(0)).matches("stopped after epoch \\d+: .*not improved for 3 epochs");
    assertThat(tuned.epochs()).isLessThanOrEqualTo(40);
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
    Split data = new Split(new Toy.Halves(8, 1), new Toy.Halves(4, 2));
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
  void unreadablePictures_areSkippedAndNamed_upToATenth() {
    Split few = new Split(new Toy.Halves(40, 1, Set.of(3, 17)), new Toy.Halves(24, 2, Set.of(5)));
    Tuned tuned = FineTune.run(Toy.network(), few, settings(Recipe.STAGED, 2));
    assertThat(tuned.unreadable().keySet())
        .containsExactlyInAnyOrder("picture 1/3", "picture 1/17", "picture 2/5");
    assertThat(tuned.images()).isEqualTo(38);
    Split many = new Split(new Toy.Halves(40, 1, Set.of(1, 2, 3, 4, 5)), new Toy.Halves(24, 2));
    assertThatThrownBy(() -> FineTune.run(Toy.network(), many, settings(Recipe.HEAD, 2)))
        .isInstanceOf(DataException.class);
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

  @Test
  void everythingFrozen_isRefused() {
    Settings settings = settings(Recipe.FULL, 1).freeze(FreezeMask.matching("*"));
    assertThatThrownBy(() -> FineTune.run(Toy.network(), Toy.data(), settings))
        .hasMessageContaining("every parameter is frozen");
  }

  private <T extends TrainEvent> List<T> events(Class<T> type, Model model, Settings settings) {
    List<T> heard = new ArrayList<>();
    FineTune.run(
        model,
        Toy.data(),
        settings.listener(
            event -> {
              if (type.isInstance(event)) {
                heard.add(type.cast(event));
              }
            }));
    return heard;
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

  @Test
  void theSecondPhaseOfStaged_warmsUp_andIsATenthOrAHundredthOfTheFirst() {
    for (Model model : List.of(Toy.network(), Toy.plain())) {
      double ratio = model.graph().stored().containsKey("stem.norm.weight") ? 10 : 100;
      List<TrainEvent.Started> phases = new ArrayList<>();
      Settings settings = settings(Recipe.STAGED, 6).rate(0.02);
      for (TrainEvent.Started started : events(TrainEvent.Started.class, model, settings)) {
        if (!started.name().equals("features")) {
          phases.add(started);
        }
      }
      assertThat(phases).extracting(TrainEvent.Started::name).containsExactly("head", "all");
      assertThat(phases.get(0).note()).contains("2 tensors at rate 0.02");
      assertThat(phases.get(1).note()).contains(String.format("%.3g", 0.02 / ratio));
    }
  }

  @Test
  void theWarmUpOfStaged_takesItsFirstEpoch_thenTheRateFalls() {
    List<TrainEvent.Epoch> epochs =
        events(TrainEvent.Epoch.class, Toy.network(), settings(Recipe.STAGED, 8).rate(0.02));
    List<Double> rates =
        epochs.stream().filter(e -> e.phase().equals("all")).map(TrainEvent.Epoch::rate).toList();
    assertThat(rates).hasSizeGreaterThanOrEqualTo(4);
    // Five steps of rise: at the last of them five sixths of the rate.
    assertThat(rates.get(0)).isCloseTo(0.002 * 5 / 6, within(1e-12));
    for (int i = 2; i < rates.size(); i++) {
      assertThat(rates.get(i)).isLessThan(rates.get(i - 1)).isLessThan(0.002);
    }
  }

  @ParameterizedTest
  @EnumSource(Recipe.class)
  void epochs_boundAllPhasesTogether(Recipe recipe) {
    for (int epochs : new int[] {2, 3, 5}) {
      List<TrainEvent.Epoch> heard =
          events(TrainEvent.Epoch.class, Toy.network(), settings(recipe, epochs));
      assertThat(heard).as("%s %d", recipe, epochs).hasSizeBetween(2, epochs);
      assertThat(heard.get(heard.size() - 1).phase())
          .isEqualTo(
              switch (recipe) {
                case HEAD -> "head";
                case STAGED, FULL -> "all";
                case SCRATCH -> "scratch";
              });
    }
  }

  @Test
  void stagedInOneEpoch_isRefused() {
    assertThatThrownBy(() -> Settings.of(Recipe.STAGED, 1))
        .hasMessageContaining("staged needs at least 2 epochs, found 1");
    assertThatThrownBy(() -> Settings.of(Recipe.HEAD, 0)).hasMessageContaining("found 0");
  }

  @Test
  void aSecondPhaseThatMakesItWorse_doesNotCostWhatTheFirstHasReached() {
    List<TrainEvent.Epoch> epochs = new ArrayList<>();
    MemoryStore store = new MemoryStore();
    // The trunk at a rate that ruins it, a head that is already good.
    Settings settings =
        settings(Recipe.STAGED, 8)
            .rate(0.05)
            .rateFactor("first", 100_000)
            .schedule(Schedule.constant())
            .checkpoints(store)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Epoch epoch) {
                    epochs.add(epoch);
                  }
                });
    Model start =
        FineTune.run(Toy.plain(), Toy.data(), settings(Recipe.FULL, 8).rate(0.05)).model();
    Tuned tuned = FineTune.run(start, Toy.data(), settings);
    TrainEvent.Epoch best = epochs.get(tuned.bestEpoch() - 1);
    assertThat(best.phase()).isEqualTo("head");
    assertThat(best.best()).isTrue();
    assertThat(tuned.best()).isEqualTo(best.validation());
    assertThat(tuned.last().loss()).isGreaterThan(tuned.best().loss());
    // The trunk as it was: the phase that moved it is not in what is returned.
    assertThat(Toy.same(weights(tuned), start.weights(), Set.of("first.weight", "second.weight")))
        .isTrue();
    assertThat(
            Toy.same(
                store.saved.get(CheckpointStore.BEST).weights(),
                weights(tuned),
                Set.of("head.weight", "head.bias")))
        .isTrue();
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
    assertThat(right / 24.0).isEqualTo(tuned.best().accuracy());
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
  void cancellingInTheFirstPhase_neverStartsTheSecond() {
    Cancellation cancellation = new Cancellation();
    List<String> started = new ArrayList<>();
    Settings settings =
        settings(Recipe.STAGED, 20)
            .cancellation(cancellation)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Started s) {
                    started.add(s.name());
                  }
                  if (event instanceof TrainEvent.Epoch) {
                    cancellation.cancel();
                  }
                });
    Tuned tuned = FineTune.run(Toy.network(), Toy.data(), settings);
    assertThat(tuned.epochs()).isEqualTo(1);
    assertThat(started).contains("head").doesNotContain("all");
  }

  @Test
  void cancellingBeforeAnythingIsLearnt_saysThatNothingIsSaved() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    for (Recipe recipe : Recipe.values()) {
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
        .forEach((name, tensor) -> moved.put(name, Initializer.normal(tensor.shape(), 1, 5)));
    Settings one = settings(Recipe.SCRATCH, 2).head(HeadChoice.NEW);
    Settings two = settings(Recipe.SCRATCH, 2).head(HeadChoice.NEW);
    Weights a = weights(FineTune.run(model, Toy.data(), one));
    Weights b = weights(FineTune.run(model.with(model.weights().with(moved)), Toy.data(), two));
    assertThat(Toy.same(a, b, a.names())).isTrue();
  }

  @Test
  void frozenLayersBelowADropout_areCachedWithoutIt() {
    // The dropout lies in the frozen prefix: cached or not, it is off, and the bits are the same.
    Settings cached = settings(Recipe.FULL, 3).freeze(FreezeMask.firstLayers(4));
    Settings direct = settings(Recipe.FULL, 3).freeze(FreezeMask.firstLayers(4)).cacheBytes(0);
    Tuned a = FineTune.run(Toy.network(), Toy.data(), cached);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), direct);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
  }

  @Test
  void twoBorderValuesOfAResidual_areCachedAlike() {
    Toy.Halves training = new Toy.Halves(40, 1);
    Split data = new Split(training, new Toy.Halves(24, 2));
    Settings cached = settings(Recipe.FULL, 3).rate(0.05).freeze(FreezeMask.matching("stem."));
    Settings direct =
        settings(Recipe.FULL, 3).rate(0.05).freeze(FreezeMask.matching("stem.")).cacheBytes(0);
    Tuned a = FineTune.run(Toy.network(), data, cached);
    assertThat(training.reads).hasValue(40);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), direct);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
  }

  @Test
  void aBoundOnTheCachesMemory_isKept() {
    Toy.Halves training = new Toy.Halves(40, 1);
    Split data = new Split(training, new Toy.Halves(24, 2));
    // The features are 4 floats a picture, training and validation together 64 of them.
    long needed = 64 * 4 * Float.BYTES;
    FineTune.run(Toy.network(), data, settings(Recipe.HEAD, 3).rate(0.1).cacheBytes(needed));
    assertThat(training.reads).hasValue(40);
    FineTune.run(Toy.network(), data, settings(Recipe.HEAD, 3).rate(0.1).cacheBytes(needed - 1));
    assertThat(training.reads).hasValue(40 + 3 * 40);
  }

  @Test
  void augmentation_changesWhatIsSeen_onlyWhereNothingIsCached() {
    Settings plain = settings(Recipe.FULL, 2).rate(0.05);
    Settings flipped = settings(Recipe.FULL, 2).rate(0.05).augment(Augment.FLIP);
    Tuned a = FineTune.run(Toy.plain(), Toy.data(), plain);
    Tuned b = FineTune.run(Toy.plain(), Toy.data(), flipped);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isFalse();
    Tuned c = FineTune.run(Toy.plain(), Toy.data(), settings(Recipe.HEAD, 2));
    Tuned d = FineTune.run(Toy.plain(), Toy.data(), settings(Recipe.HEAD, 2).augment(Augment.FLIP));
    assertThat(Toy.same(weights(c), weights(d), weights(c).names())).isTrue();
  }

  @Test
  void headChoice_followsTheLabels() {
    Model trained =
        FineTune.run(Toy.plain(), Toy.data(), settings(Recipe.FULL, 1).rate(0.1)).model();
    List<String> classes = List.of("left", "up");
    Weights kept = HeadChoice.AUTO.apply(trained, classes, 9).weights();
    assertThat(Toy.same(kept, trained.weights(), kept.names())).isTrue();
    Model fresh = HeadChoice.NEW.apply(trained, classes, 9);
    assertThat(Toy.same(fresh.weights(), trained.weights(), Set.of("head.weight"))).isFalse();
    Model silent = trained.with(trained.metadata().withLabels(List.of()));
    assertThat(HeadChoice.KEEP.apply(silent, classes, 9).metadata().labels()).isEqualTo(classes);
    assertThatThrownBy(() -> HeadChoice.KEEP.apply(trained, List.of("up", "left"), 9))
        .hasMessageContaining("labels of its own");
    assertThatThrownBy(() -> HeadChoice.KEEP.apply(silent, List.of("a", "b", "c"), 9))
        .hasMessageContaining("2 outputs")
        .hasMessageContaining("3 classes");
  }

  @Test
  void pooledMapsWithoutAFlatten_areTrainedToo() {
    GraphBuilder g = new GraphBuilder(7);
    String x =
        g.relu(g.conv("stem", g.input("image", Shape.of(1, 8, 8)), 4, Window.square(3, 1, 1)));
    x = g.globalAveragePool(g.conv("classes", x, 5, Window.square(1, 1, 0)));
    Model model = g.build(g.op(new Softmax(1), x));
    Model ready = model.with(Toy.network().metadata());
    Tuned tuned = FineTune.run(ready, Toy.data(), settings(Recipe.STAGED, 4));
    assertThat(tuned.model().graph().shapes(3).get(tuned.model().graph().output()))
        .isEqualTo(Shape.of(3, 2, 1, 1));
    try (Session session = Session.of(tuned.model(), backend)) {
      assertThat(session.predict(new Toy.Halves(1, 1).picture(0))).hasSize(2);
    }
  }

  @Test
  void largeFeatures_lowerTheDefaultRate() {
    Model model = Toy.plain();
    float[] large = model.weights().get("second.weight").toArray();
    for (int i = 0; i < large.length; i++) {
      large[i] *= 1000;
    }
    Map<String, Tensor> changed =
        Map.of("second.weight", Tensor.of(model.weights().get("second.weight").shape(), large));
    List<Double> rates = new ArrayList<>();
    for (Model each : List.of(model, model.with(model.weights().with(changed)))) {
      FineTune.run(
          each,
          Toy.data(),
          settings(Recipe.HEAD, 1)
              .listener(
                  event -> {
                    if (event instanceof TrainEvent.Epoch epoch) {
                      rates.add(epoch.rate());
                    }
                  }));
    }
    assertThat(rates.get(0)).isEqualTo(0.01);
    assertThat(rates.get(1)).isLessThan(0.001);
  }

  /** Checkpoints in memory. */
  private static final class MemoryStore implements CheckpointStore {
    final Map<String, Checkpoint> saved = new HashMap<>();

    @Override
    public void save(String name, Checkpoint checkpoint) {
      saved.put(name, checkpoint);
    }

    @Override
    public Optional<Checkpoint> load(String name) {
      return Optional.ofNullable(saved.get(name));
    }
  }
}
