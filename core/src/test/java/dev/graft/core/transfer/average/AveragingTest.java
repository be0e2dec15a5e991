package dev.graft.core.transfer.average;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.RunState;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.MemoryStore;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Averages are tried behind a phase, and kept only where they are better. */
class AveragingTest extends FineTuneFixture {

  private static final List<AverageKind> ALL = List.of(AverageKind.values());

  private List<String> notes(Recipe recipe, List<AverageKind> kinds) {
    return events(
            TrainEvent.Noted.class, Toy.network(), settings(recipe, 4).rate(0.05).averages(kinds))
        .stream()
        .map(noted -> noted.name() + ": " + noted.note())
        .toList();
  }

  @Test
  void everyAverage_isToldWithItsLoss() {
    assertThat(notes(Recipe.FULL, ALL))
        .anyMatch(note -> note.matches("ema: ema: validation loss 0\\.\\d{4}, accuracy .*"))
        .anyMatch(note -> note.startsWith("swa: swa: validation loss"))
        .noneMatch(note -> note.startsWith("wise-ft"));
    assertThat(notes(Recipe.STAGED, List.of(AverageKind.WISE_FT)))
        .filteredOn(note -> note.startsWith("wise-ft"))
        .hasSize(1)
        .allMatch(note -> note.matches("wise-ft: wise-ft with 0\\.[2468] of the end: .*"));
  }

  /** At a rate at which weights jump about, their mean lies lower than any of them. */
  @Test
  void aBetterAverage_isTheModel_andAWorseOneLeavesItAlone() {
    Settings wild = settings(Recipe.FULL, 8).rate(0.4).schedule((step, steps) -> 1);
    Tuned plain = FineTune.run(Toy.network(), Toy.data(), wild);
    Tuned averaged = FineTune.run(Toy.network(), Toy.data(), wild.averages(ALL));
    assertThat(averaged.average()).isNotEmpty();
    assertThat(averaged.best().loss()).isLessThan(plain.best().loss());
    assertThat(averaged.last()).isEqualTo(plain.last());
    // While every epoch is far better than the one before, what looks back lags behind.
    Settings calm = settings(Recipe.FULL, 4).rate(0.02).schedule((step, steps) -> 1);
    List<AverageKind> ema = List.of(AverageKind.EMA);
    Tuned rising = FineTune.run(Toy.network(), Toy.data(), calm.averages(ema));
    assertThat(rising.average()).isEmpty();
    Model same = FineTune.run(Toy.network(), Toy.data(), calm).model();
    assertThat(Toy.same(same.weights(), rising.model().weights(), same.weights().names())).isTrue();
  }

  @Test
  void aStoppedRun_averagesToTheSameBits() {
    Settings settings = settings(Recipe.STAGED, 6).rate(0.1).averages(ALL);
    Tuned whole = FineTune.run(Toy.network(), Toy.data(), settings);
    for (int stop = 7; stop < whole.epochs() * 5; stop += 4) {
      MemoryStore store = new MemoryStore();
      FineTune.run(Toy.network(), Toy.data(), stoppedAfter(stop, settings.checkpoints(store)));
      RunState state = RunState.of(store.saved.get(CheckpointStore.RUN));
      Tuned rest = FineTune.run(Toy.network(), Toy.data(), settings.resume(state));
      assertThat(Toy.same(weights(rest), weights(whole), weights(whole).names()))
          .as("stopped after step %d", stop)
          .isTrue();
      assertThat(rest.average()).isEqualTo(whole.average());
      assertThat(rest.best()).isEqualTo(whole.best());
    }
  }

  private static Settings stoppedAfter(int steps, Settings settings) {
    Cancellation cancellation = new Cancellation();
    int[] seen = {0};
    return settings
        .cancellation(cancellation)
        .listener(
            event -> {
              boolean isStep =
                  event instanceof TrainEvent.Progress progress
                      && !progress.name().equals("features");
              if (isStep && ++seen[0] == steps) {
                cancellation.cancel();
              }
            });
  }
}
