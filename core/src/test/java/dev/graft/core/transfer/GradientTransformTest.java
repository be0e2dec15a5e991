package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.graph.Weights;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Accumulate;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.CheckpointStore;
import dev.graft.core.train.ClipNorm;
import dev.graft.core.train.GradientTransform;
import dev.graft.core.train.RunState;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.StepGradients;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainingException;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What happens to gradients between a step and its update. */
class GradientTransformTest extends FineTuneFixture {

  private Settings plain(int epochs) {
    return settings(Recipe.FULL, epochs)
        .rate(0.05)
        .schedule(Schedule.constant())
        .optimizer(() -> new Sgd(0.5, false));
  }

  private Tuned run(Settings settings) {
    return FineTune.run(Toy.plain(), Toy.data(), settings);
  }

  @Test
  void twoHalvesAccumulated_areOneBatch() {
    Tuned whole = run(plain(2));
    Tuned halves = run(plain(2).batchSize(4).transform(new Accumulate(2)));
    for (String name : weights(whole).names()) {
      float[] expected = weights(whole).get(name).toArray();
      float[] found = weights(halves).get(name).toArray();
      for (int i = 0; i < expected.length; i++) {
        // Ten updates of weights below 2, each off by a few roundings.
        assertThat(found[i]).as(name).isCloseTo(expected[i], within(10 * 4 * Math.ulp(2f)));
      }
    }
  }

  @Test
  void stoppedWhileAccumulating_theRunGoesOnToTheSameBits() {
    Settings settings = plain(2).batchSize(4).transform(new Accumulate(3));
    MemoryStore store = new MemoryStore();
    Cancellation cancellation = new Cancellation();
    Settings stopped =
        settings
            .checkpoints(store)
            .cancellation(cancellation)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Progress progress && progress.done() == 5) {
                    cancellation.cancel();
                  }
                });
    assertThatThrownBy(() -> run(stopped)).isInstanceOf(TrainingException.class);
    RunState state = RunState.of(store.saved.get(CheckpointStore.RUN));
    Tuned rest = run(settings.resume(state));
    Tuned whole = run(settings);
    assertThat(Toy.same(weights(rest), weights(whole), weights(whole).names())).isTrue();
  }

  @Test
  void aNormBelowTheBound_changesNoBit_andOneAboveIsCutToIt() {
    Tuned free = run(plain(1));
    Tuned loose = run(plain(1).transform(new ClipNorm(1e6)));
    assertThat(Toy.same(weights(loose), weights(free), weights(free).names())).isTrue();
    List<Double> norms = new ArrayList<>();
    GradientTransform measure =
        gradients -> {
          norms.add(norm(gradients));
          return true;
        };
    run(plain(1).transform(new ClipNorm(0.01)).transform(measure));
    assertThat(norms).hasSize(5).allSatisfy(n -> assertThat(n).isCloseTo(0.01, within(1e-8)));
    assertThatThrownBy(() -> new ClipNorm(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Accumulate(0)).hasMessageContaining("at least 1");
  }

  private static double norm(StepGradients gradients) {
    double squares = 0;
    for (Tensor gradient : gradients.tensors().values()) {
      for (float value : gradient.download(gradients.backend())) {
        squares += (double) value * value;
      }
    }
    return gradients.factor() * Math.sqrt(squares);
  }

  /** As averages with other machines would: what is put there is what training goes on from. */
  @Test
  void weightsMayBeReplacedBehindAnUpdate() {
    GradientTransform reset =
        new GradientTransform() {
          @Override
          public boolean apply(StepGradients gradients) {
            return true;
          }

          @Override
          public void updated(StepGradients gradients, Variables variables) {
            Tensor bias = Tensor.of(variables.get("head.bias").shape(), 0.25f, -0.25f);
            variables.restore(Weights.of(Map.of("head.bias", bias)));
          }
        };
    Settings keep = plain(2).head(HeadChoice.KEEP).transform(reset);
    assertThat(weights(run(keep)).get("head.bias").toArray()).containsExactly(0.25f, -0.25f);
  }
}
