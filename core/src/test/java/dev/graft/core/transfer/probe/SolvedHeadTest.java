package dev.graft.core.transfer.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.SquaredError;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The head in closed form behind the phase that trains it. */
class SolvedHeadTest extends FineTuneFixture {

  private final List<TrainEvent.Noted> notes = new ArrayList<>();

  private Settings noting(Settings settings) {
    return settings.listener(
        event -> {
          if (event instanceof TrainEvent.Noted noted
              && noted.note().startsWith("the head in closed form")) {
            notes.add(noted);
          }
        });
  }

  /** A head that hardly moves by steps: what validates well then is what was solved. */
  @Test
  void itIsTaken_whereItValidatesBetter_andTheTrunkGoesOnFromIt() {
    Settings slow = noting(settings(Recipe.STAGED, 2).rate(1e-6));
    Tuned tuned = FineTune.run(Toy.plain(), Toy.data(), slow);
    assertThat(notes).hasSize(1);
    assertThat(notes.get(0).note()).endsWith("the best so far").doesNotContain("not better");
    // Steps at such a rate leave a new head at the loss of a guess, or above it.
    assertThat(tuned.best().loss()).isLessThan(0.95 * Math.log(2));
    // The second phase began at what was solved, and stayed there.
    assertThat(tuned.last().loss()).isCloseTo(tuned.best().loss(), within(1e-3));
  }

  @Test
  void itIsTheSame_howeverManyThreadsThereAre() {
    Settings slow = settings(Recipe.STAGED, 2).rate(1e-6);
    Tuned one = FineTune.run(Toy.network(), Toy.data(), slow.threads(1));
    Tuned two = FineTune.run(Toy.network(), Toy.data(), slow.threads(2));
    assertThat(Toy.same(weights(one), weights(two), weights(one).names())).isTrue();
  }

  @Test
  void theRecipeHead_andAHeadWithoutCachedFeatures_areTrainedByStepsAlone() {
    FineTune.run(Toy.network(), Toy.data(), noting(settings(Recipe.HEAD, 2)));
    FineTune.run(Toy.network(), Toy.data(), noting(settings(Recipe.STAGED, 2).cacheBytes(0)));
    assertThat(notes).isEmpty();
  }

  @Test
  void onlyCrossEntropyOnALayerWithABias_isSolved() {
    Model model = Toy.plain();
    Graph behind =
        new CrossEntropy(0).attach(model.graph().withInputs(model.graph().shapes(1))).graph();
    assertThat(SolvedHead.of(model.head(), behind, new CrossEntropy(0)))
        .as("the whole network is no linear layer")
        .isEmpty();
    assertThat(SolvedHead.of(model.head(), behind, new CrossEntropy(0.1))).isEmpty();
    assertThat(SolvedHead.of(model.head(), behind, new SquaredError())).isEmpty();
  }
}
