package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.data.picture.Mix;
import dev.graft.core.graph.GraphException;
import dev.graft.core.train.loss.Decoupled;
import dev.graft.core.train.loss.SoftTargets;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A classifier learns from mixed pictures, and is measured on whole ones. */
class MixedTrainingTest extends FineTuneFixture {

  @Test
  void mixedPictures_teach() {
    for (Mix mix : List.of(Mix.MIXUP, Mix.CUTMIX)) {
      Tuned tuned =
          FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 20).rate(0.05).mix(mix));
      assertThat(tuned.best().get("accuracy")).as("%s", mix).isGreaterThan(0.9);
      assertThat(tuned.best().examples()).isEqualTo(24);
      assertThat(tuned.model().metadata().labels()).containsExactly("left", "up");
    }
  }

  /** Variants of cached features are mixed pictures too, and so is what a teacher sees. */
  @Test
  void frozenLayersAndTeachers_seeTheMixture() {
    Tuned head = FineTune.run(Toy.network(), Toy.data(), settings(Recipe.HEAD, 3).mix(Mix.MIXUP));
    assertThat(head.caches().get(0).variants()).isGreaterThan(1);
    Settings settings = settings(Recipe.FULL, 3).mix(Mix.MIXUP).variants(2);
    Tuned student =
        Distill.run(
            List.of(head.model()), Toy.plain(), Toy.data(), new SoftTargets(4), 0.5, settings);
    assertThat(student.epochs()).isEqualTo(3);
    assertThatThrownBy(
            () ->
                Distill.run(
                    List.of(head.model()),
                    Toy.plain(),
                    Toy.data(),
                    new Decoupled(4, 8),
                    0.5,
                    settings))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining("one true class for each picture");
    assertThatThrownBy(() -> FineTune.run(Toy.network(), Toy.data(), settings.balanceClasses(true)))
        .hasMessageContaining("cannot be weighed while pictures are mixed");
  }
}
