package dev.graft.core.transfer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.graph.Model;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.Tuned;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is worth training, decided by what the head leaves, and said with its reason. */
class AutoRecipeTest extends FineTuneFixture {

  private final List<String> lines = new ArrayList<>();

  private Tuned run(Model model, Settings settings) {
    return FineTune.run(
        model,
        Toy.data(),
        settings.listener(
            event -> {
              if (event instanceof TrainEvent.Started started) {
                lines.add(started.name() + ": " + started.note());
              } else if (event instanceof TrainEvent.Noted noted) {
                lines.add(noted.name() + ": " + noted.note());
              }
            }));
  }

  @Test
  void aHeadThatLeavesMuch_isFollowedByEverything_withTheReason() {
    // Without a cache nothing is solved, and two steps of a head leave nearly all.
    run(Toy.network(), settings(Recipe.AUTO, 6).cacheBytes(0));
    assertThat(lines)
        .anyMatch(line -> line.startsWith("head: ") && line.contains("shows what the trunk"))
        .anyMatch(
            line ->
                line.startsWith("all: ")
                    && line.contains("by what the head has left to learn")
                    && line.contains("epochs of about"));
  }

  @Test
  void aHeadThatLeavesLittle_isAll() {
    Model good =
        FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 40).rate(0.05)).model();
    Tuned tuned = run(good, settings(Recipe.AUTO, 30).rate(0.05));
    assertThat(lines).noneMatch(line -> line.startsWith("all: "));
    assertThat(lines).anyMatch(line -> line.matches("auto: the trunk stays as it is: the head .*"));
    assertThat(tuned.best().loss()).isLessThan(0.15 * Math.log(2));
  }

  @Test
  void aTrunkWithoutNormalisation_isNotSpoiltByFewPictures() {
    run(Toy.plain(), settings(Recipe.AUTO, 4));
    assertThat(lines)
        .anyMatch(line -> line.contains("nothing normalises its activations, and 20 pictures"));
  }

  @Test
  void batches_leaveAnEpochEnoughSteps() {
    assertThat(Recipe.AUTO.batchSize(1000)).isEqualTo(32);
    assertThat(Recipe.AUTO.batchSize(162)).isEqualTo(32);
    assertThat(Recipe.AUTO.batchSize(161)).isEqualTo(16);
    assertThat(Recipe.AUTO.batchSize(64)).isEqualTo(8);
    assertThat(Recipe.AUTO.batchSize(2)).isEqualTo(8);
    assertThat(Recipe.STAGED.batchSize(2)).isEqualTo(32);
    run(Toy.network(), Settings.of(Recipe.AUTO, 2).seed(5).backend(backend).threads(2));
    assertThat(lines)
        .anyMatch(
            line ->
                line.startsWith("head: ")
                    && line.endsWith(
                        "; batches of 8, since 40 pictures make only 2 steps an epoch of 32"));
    lines.clear();
    run(Toy.network(), settings(Recipe.AUTO, 2));
    assertThat(lines).noneMatch(line -> line.contains("batches of"));
  }

  @Test
  void minutes_becomeEpochsByArithmetic() {
    Budget ample = Budget.of(Toy.network().graph(), 1000, 10);
    assertThat(ample.epochs()).isEqualTo(30);
    // 9 * 64 * 4 + 9 * 4 * 64 * 4 + 16 multiply-adds a picture, three passes.
    double adds = 9 * 64 * 4 + 36 * 64 * 4 + 16;
    assertThat(ample.secondsPerEpoch()).isEqualTo(3 * adds * 1000 / 12e9);
    assertThat(Budget.of(Toy.network().graph(), 1_000_000_000, 1).epochs()).isZero();
    assertThatThrownBy(() -> settings(Recipe.AUTO, 2).minutes(0)).hasMessageContaining("above 0");
  }
}
