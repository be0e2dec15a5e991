package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.graph.Weights;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The range test changes nothing but the rate. */
class FoundRateTest extends FineTuneFixture {

  private final List<TrainEvent.Epoch> epochs = new ArrayList<>();
  private String note = "";

  private Tuned run(Settings settings) {
    epochs.clear();
    return FineTune.run(
        Toy.network(),
        Toy.data(),
        settings.listener(
            event -> {
              if (event instanceof TrainEvent.Epoch epoch) {
                epochs.add(epoch);
              } else if (event instanceof TrainEvent.Noted noted && noted.name().equals("rate")) {
                note = noted.note();
              }
            }));
  }

  /** On cached features, and on the whole network with its running statistics. */
  @Test
  void theModelStartsAsBefore_bitForBit() {
    for (Recipe recipe : List.of(Recipe.HEAD, Recipe.FULL, Recipe.STAGED)) {
      Settings settings = settings(recipe, 4).schedule((step, steps) -> 1);
      Weights found = weights(run(settings.findRate(true)));
      double rate = epochs.get(0).rate();
      Weights said = weights(run(settings.rate(rate)));
      assertThat(Toy.same(found, said, said.names())).as(recipe.name()).isTrue();
    }
  }

  @Test
  void theRate_isSaid_andLearnsFasterThanAMuchLowerOne() {
    run(settings(Recipe.FULL, 3).findRate(true));
    assertThat(note).matches("[0-9.e-]+, a tenth of the rate with the lowest loss of \\d+ from .*");
    double best = epochs.get(2).validation().loss();
    double rate = Double.parseDouble(note.substring(0, note.indexOf(',')));
    run(settings(Recipe.FULL, 3).rate(rate / 100));
    assertThat(best).isLessThan(epochs.get(2).validation().loss());
    // Later phases follow from it.
    run(settings(Recipe.STAGED, 4).findRate(true).schedule((step, steps) -> 1));
    assertThat(epochs.get(3).rate() / epochs.get(0).rate()).isCloseTo(0.1, within(1e-9));
  }

  @Test
  void aCancelledRun_findsNothing() {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    assertThatThrownBy(
            () -> run(settings(Recipe.FULL, 2).findRate(true).cancellation(cancellation)))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("cancelled");
  }
}
