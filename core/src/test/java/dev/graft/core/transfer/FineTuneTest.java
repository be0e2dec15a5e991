package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.JavaBackend;
import dev.graft.core.data.DataException;
import dev.graft.core.data.Split;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
