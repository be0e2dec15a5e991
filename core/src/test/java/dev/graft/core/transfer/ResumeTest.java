package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.Plateau;
import dev.graft.core.train.RunState;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that is stopped after any step, written down and read again, ends in the same bits. */
class ResumeTest extends FineTuneFixture {

  /** Both phases: the head with momentum, early stopping at work; then all, with augmentation. */
  private Settings settings(String optimizer) {
    return settings(Recipe.STAGED, 6)
        .rate(0.05)
        .patience(2)
        .augment(Augment.FLIP)
        .optimizer(() -> optimizer.equals("adamw") ? new AdamW() : new Sgd(0.9, true));
  }

  private static Settings stoppedAfter(int steps, Settings settings) {
    Cancellation cancellation = new Cancellation();
    int[] seen = {0};
    return settings
        .cancellation(cancellation)
        .listener(
            event -> {
              boolean step =
                  event instanceof TrainEvent.Progress progress
                      && !progress.name().equals("features");
              if (step && ++seen[0] == steps) {
                cancellation.cancel();
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adamw"})
  void stoppedAfterAnyStep_theRunGoesOnToTheSameBits(String optimizer) {
    Tuned whole = FineTune.run(Toy.network(), Toy.data(), settings(optimizer));
    int steps = whole.epochs() * 5;
    for (int stop = 1; stop < steps; stop += 3) {
      MemoryStore store = new MemoryStore();
      Settings stopped = stoppedAfter(stop, settings(optimizer)).checkpoints(store);
      try {
        FineTune.run(Toy.network(), Toy.data(), stopped);
      } catch (TrainingException e) {
        assertThat(stop).as("nothing is the best before the first epoch ends").isLessThan(6);
      }
      RunState state = RunState.of(store.saved.get(CheckpointStore.RUN));
      assertThat(state.steps()).isEqualTo(stop);
      Tuned rest = FineTune.run(Toy.network(), Toy.data(), settings(optimizer).resume(state));
      assertThat(Toy.same(weights(rest), weights(whole), weights(whole).names()))
          .as("stopped after step %d", stop)
          .isTrue();
      assertThat(rest.best()).isEqualTo(whole.best());
      assertThat(rest.last()).isEqualTo(whole.last());
      assertThat(rest.epochs()).isEqualTo(whole.epochs());
    }
    RunState other = stateAfter(3, optimizer);
    assertThatThrownBy(
            () ->
                FineTune.run(Toy.network(), Toy.data(), settings(optimizer).seed(9).resume(other)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("seed 5")
        .hasMessageContaining("9");
  }

  @Test
  void anotherRun_isRefusedWithAllThatDiffers() {
    RunState state = stateAfter(3, "sgd");
    Settings same = settings("sgd").resume(state);
    assertThatThrownBy(
            () ->
                FineTune.run(
                    Toy.network(), Toy.data(), same.batchSize(4).optimizer(AdamW::new).rate(0.1)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("batch size 8, now 4")
        .hasMessageContaining("optimizer SGD with momentum 0.9 of Nesterov, now AdamW")
        .hasMessageContaining("rate 0.05, now 0.1")
        .hasMessageNotContaining("data")
        .hasMessageNotContaining("seed");
    assertThatThrownBy(() -> FineTune.run(Toy.plain(), Toy.data(), same))
        .hasMessageContaining("model ")
        .hasMessageNotContaining("batch size");
    Split<Pictures> swapped = new Split<>(Toy.data().validation(), Toy.data().training());
    assertThatThrownBy(() -> FineTune.run(Toy.network(), swapped, same))
        .hasMessageContaining("training data ")
        .hasMessageContaining("validation data ")
        .hasMessageNotContaining("model ");
    assertThatThrownBy(
            () -> FineTune.run(Toy.network(), Toy.data(), same.freeze(FreezeMask.firstLayers(1))))
        .hasMessageContaining("trained layers");
  }

  /** What looks back at losses, and what was found by trying, too. */
  @Test
  void aFoundRate_andAPlateau_goOn() {
    Settings settings = settings("sgd").findRate(true).schedule(new Plateau(0.5, 1));
    Tuned whole = FineTune.run(Toy.network(), Toy.data(), settings);
    for (int stop = 6; stop < whole.epochs() * 5; stop += 4) {
      MemoryStore store = new MemoryStore();
      FineTune.run(Toy.network(), Toy.data(), stoppedAfter(stop, settings).checkpoints(store));
      RunState state = RunState.of(store.saved.get(CheckpointStore.RUN));
      Tuned rest = FineTune.run(Toy.network(), Toy.data(), settings.resume(state));
      assertThat(Toy.same(weights(rest), weights(whole), weights(whole).names()))
          .as("stopped after step %d", stop)
          .isTrue();
    }
  }

  private RunState stateAfter(int steps, String optimizer) {
    MemoryStore store = new MemoryStore();
    Settings stopped = stoppedAfter(steps, settings(optimizer)).checkpoints(store);
    assertThatThrownBy(() -> FineTune.run(Toy.network(), Toy.data(), stopped))
        .isInstanceOf(TrainingException.class);
    return RunState.of(store.saved.get(CheckpointStore.RUN));
  }
}
