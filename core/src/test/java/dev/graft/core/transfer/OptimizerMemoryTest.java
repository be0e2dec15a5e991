package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Role;
import dev.graft.core.plan.CountingBackend;
import dev.graft.core.plan.MemoryException;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.GradientTransform;
import dev.graft.core.train.Optimizer;
import dev.graft.core.train.Phase;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.StepGradients;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.recipe.Course;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What an optimizer keeps is taken, or refused, before the first step. */
class OptimizerMemoryTest extends FineTuneFixture {

  private final CountingBackend counting = new CountingBackend(new JavaBackend(1));

  /** Elements allocated by the time of each event. */
  private final List<Long> atSteps = new ArrayList<>();

  private Tuned run(Supplier<Optimizer> optimizer) {
    return run(optimizer, Recipe.FULL);
  }

  private Tuned run(Supplier<Optimizer> optimizer, Recipe recipe, GradientTransform... transforms) {
    counting.elements = 0;
    atSteps.clear();
    Settings settings =
        settings(recipe, 1)
            .rate(0.1)
            .optimizer(optimizer)
            .backend(counting.proxy())
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Progress) {
                    atSteps.add(counting.elements);
                  }
                });
    for (GradientTransform transform : transforms) {
      settings = settings.transform(transform);
    }
    return FineTune.run(Toy.network(), Toy.data(), settings);
  }

  @Test
  void momentsAreTakenOnce_asManyAsTheOptimizerSays() {
    Tuned tuned = run(() -> new Sgd(0.9, false));
    long one = atSteps.get(0);
    assertThat(atSteps).as("nothing after the first step").containsOnly(one);
    run(AdamW::new);
    long parameters =
        tuned.model().graph().stored(Role.PARAMETER).stream()
            .mapToLong(name -> tuned.model().graph().stored().get(name).elements())
            .sum();
    assertThat(atSteps.get(0)).as("two moments, not one").isEqualTo(one + parameters);
  }

  @Test
  void gradientsThatAreScaled_takeThePlaceOfTheLargest() {
    Tuned tuned = run(() -> new Sgd(0.9, false));
    long plain = atSteps.get(0);
    run(() -> new Sgd(0.9, false), Recipe.FULL, OptimizerMemoryTest::scaledByHalf);
    int largest =
        tuned.model().graph().stored(Role.PARAMETER).stream()
            .mapToInt(name -> tuned.model().graph().stored().get(name).elements())
            .max()
            .orElseThrow();
    assertThat(atSteps).as("from the first step on").containsOnly(plain + largest);
    run(() -> new Sgd(0.9, false), new Halved());
    assertThat(atSteps).as("by a transform of the phase").containsOnly(plain + largest);
  }

  /** Everything from the start, by half its gradients. */
  private record Halved() implements Recipe {
    @Override
    public String name() {
      return "halved";
    }

    @Override
    public Optional<Phase> next(Course course) {
      return FULL.next(course).map(phase -> phase.with(OptimizerMemoryTest::scaledByHalf));
    }
  }

  private static boolean scaledByHalf(StepGradients gradients) {
    gradients.scale(0.5);
    return true;
  }

  @Test
  void momentsThatDoNotFit_areRefusedBeforeTheFirstStep() {
    // The weights fit, and what moves them would not.
    counting.limit = 1500;
    assertThatThrownBy(() -> run(AdamW::new))
        .isInstanceOf(MemoryException.class)
        .hasMessageMatching(
            "the optimizer of phase all needs .* MiB, .* MiB are free; freeze more layers, .*");
    assertThat(atSteps).isEmpty();
  }
}
