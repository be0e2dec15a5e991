package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.plan.CountingBackend;
import dev.graft.core.plan.MemoryException;
import dev.graft.core.train.Accumulate;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.GradientTransform;
import dev.graft.core.train.L2Sp;
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
import java.util.Set;
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
  void whatTransformsKeep_isTakenOnce_andRefusedBeforeTheFirstStep() {
    Tuned tuned = run(() -> new Sgd(0.9, false), Recipe.FULL, OptimizerMemoryTest::scaledByHalf);
    long plain = atSteps.get(0);
    Weights start = tuned.model().weights();
    Set<String> names = Set.copyOf(tuned.model().graph().stored(Role.PARAMETER));
    long parameters =
        names.stream().mapToLong(name -> tuned.model().graph().stored().get(name).elements()).sum();
    for (GradientTransform transform : List.of(new Accumulate(2), new L2Sp(start, names, 0.1))) {
      run(() -> new Sgd(0.9, false), Recipe.FULL, transform);
      long promised = transform.tensorsPerParameter() * parameters;
      // Beside them no more than a counter.
      assertThat(atSteps.get(atSteps.size() - 1) - plain)
          .as(transform.getClass().getSimpleName())
          .isBetween(promised, promised + 1);
    }
    counting.limit = 1 << 20;
    GradientTransform much = new Keeping(1_000_000_000);
    assertThatThrownBy(() -> run(() -> new Sgd(0.9, false), Recipe.FULL, much))
        .isInstanceOf(MemoryException.class)
        .hasMessageStartingWith("the optimizer of phase all needs ");
    assertThat(atSteps).isEmpty();
  }

  private record Keeping(@Override int tensorsPerParameter) implements GradientTransform {
    @Override
    public boolean apply(StepGradients gradients) {
      return true;
    }
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
