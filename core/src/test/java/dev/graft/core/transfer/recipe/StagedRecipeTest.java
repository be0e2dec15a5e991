package dev.graft.core.transfer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.graph.Model;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.MemoryStore;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.Tuned;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two phases: the head first, then everything. */
class StagedRecipeTest extends FineTuneFixture {

  @Test
  void stagedRecipe_trainsTheHeadFirst_thenEverything() {
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
  void theSecondPhaseOfStaged_followsFromTheHead_orIsAHundredthOfTheFirst() {
    for (Model model : List.of(Toy.network(), Toy.plain())) {
      // With normalisation a tenth, since there are too few steps to settle in again.
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
            .cacheBytes(0)
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
}
