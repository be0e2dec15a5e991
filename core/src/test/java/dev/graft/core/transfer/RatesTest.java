package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.graph.Weights;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.AdamW;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import dev.graft.core.transfer.surgery.HeadChoice;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A factor on the learning rate of some layers, and nothing else. */
class RatesTest {

  private Backend backend;

  @BeforeEach
  void open() {
    backend = new JavaBackend(2);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private Settings settings(Recipe recipe, int epochs) {
    return Settings.of(recipe, epochs).seed(5).batchSize(8).backend(backend).threads(2);
  }

  /** One step of plain gradient descent from biases of zero, which keep every bit of an update. */
  private Weights oneStep(double factor) {
    Model start = HeadChoice.NEW.apply(Toy.plain(), List.of("left", "up"), 5);
    Split<Pictures> data = new Split<>(new Toy.Halves(8, 1), new Toy.Halves(4, 2));
    Settings settings =
        settings(Recipe.FULL, 1)
            .head(HeadChoice.KEEP)
            .rate(0.1)
            .schedule(Schedule.constant())
            .optimizer(() -> new Sgd(0, false))
            .rateFactor("second", factor);
    return FineTune.run(start, data, settings).model().weights();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.25, 0.5, 2, 8})
  void aPowerOfTwo_scalesTheUpdateToTheLastBit_andNoOtherLayers(double factor) {
    Weights one = oneStep(1);
    Weights scaled = oneStep(factor);
    float[] update = one.get("second.bias").toArray();
    float[] other = scaled.get("second.bias").toArray();
    assertThat(update).isNotEqualTo(new float[update.length]);
    for (int i = 0; i < update.length; i++) {
      assertThat(other[i]).isEqualTo((float) (factor * update[i]));
    }
    Set<String> others = Set.of("first.weight", "first.bias", "head.weight", "head.bias");
    assertThat(Toy.same(scaled, one, others)).isTrue();
  }

  @Test
  void aWholeRateTimesAFactor_isThatRate() {
    // Every layer at half of 0.1 is every layer at 0.05.
    Settings halved = settings(Recipe.FULL, 3).rate(0.1).rateFactor("*", 0.5);
    Settings plain = settings(Recipe.FULL, 3).rate(0.05);
    Weights a = FineTune.run(Toy.network(), Toy.data(), halved).model().weights();
    Weights b = FineTune.run(Toy.network(), Toy.data(), plain).model().weights();
    assertThat(Toy.same(a, b, a.names())).isTrue();
  }

  /** In the middle of the network too, where gradients must pass through what is frozen. */
  @ParameterizedTest
  @ValueSource(strings = {"stem.", "block.", "block.norm", "*.norm", "head", "stem.conv.weight"})
  void aFactorOfZero_equalsFreezing_bitForBit(String pattern) {
    for (Recipe recipe : List.of(Recipe.FULL, Recipe.STAGED)) {
      if (recipe == Recipe.STAGED && pattern.equals("head")) {
        // Nothing is left to train in the first phase.
        continue;
      }
      Settings zero = settings(recipe, 4).weightDecay(0.01).rate(0.05).rateFactor(pattern, 0);
      Settings frozen =
          settings(recipe, 4).weightDecay(0.01).rate(0.05).freeze(FreezeMask.matching(pattern));
      Weights a = FineTune.run(Toy.network(), Toy.data(), zero).model().weights();
      Weights b = FineTune.run(Toy.network(), Toy.data(), frozen).model().weights();
      assertThat(Toy.same(a, b, a.names())).as("%s %s", recipe, pattern).isTrue();
      Set<String> still = new HashSet<>(Toy.network().graph().stored(Role.PARAMETER));
      still.removeAll(FreezeMask.matching(pattern).trainable(Toy.network().graph()));
      still.removeIf(name -> name.startsWith("head"));
      assertThat(Toy.same(a, Toy.network().weights(), still)).as(pattern).isTrue();
    }
  }

  @Test
  void aFactorOfZero_equalsFreezing_underAdamWToo() {
    Settings zero = settings(Recipe.FULL, 3).rate(0.01).weightDecay(0.1).optimizer(AdamW::new);
    Settings frozen = settings(Recipe.FULL, 3).rate(0.01).weightDecay(0.1).optimizer(AdamW::new);
    Weights a =
        FineTune.run(Toy.network(), Toy.data(), zero.rateFactor("block.", 0)).model().weights();
    Weights b =
        FineTune.run(Toy.network(), Toy.data(), frozen.freeze(FreezeMask.matching("block.")))
            .model()
            .weights();
    assertThat(Toy.same(a, b, a.names())).isTrue();
  }

  @Test
  void theLastRuleThatSpeaksOfALayer_wins() {
    Settings twice = settings(Recipe.FULL, 2).rate(0.1).rateFactor("*", 0).rateFactor("*", 1);
    Weights a = FineTune.run(Toy.network(), Toy.data(), twice).model().weights();
    Weights b =
        FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 2).rate(0.1))
            .model()
            .weights();
    assertThat(Toy.same(a, b, a.names())).isTrue();
  }

  @Test
  void weightDecay_sparesVectors_unlessAPatternAsks() {
    // One step from the same state: the gradients are the same, and what differs is the decay.
    Model start = HeadChoice.NEW.apply(Toy.plain(), List.of("left", "up"), 5);
    Tensor bias = start.weights().get("first.bias");
    float[] filled = new float[bias.shape().elements()];
    for (int i = 0; i < filled.length; i++) {
      filled[i] = 1 + Rng.below(9, i, 4) / 4f;
    }
    Model ready =
        start.with(start.weights().with(Map.of("first.bias", Tensor.of(bias.shape(), filled))));
    Weights plain = decayed(ready, settings(Recipe.FULL, 1));
    Weights usual = decayed(ready, settings(Recipe.FULL, 1).weightDecay(0.5));
    Weights asked = decayed(ready, settings(Recipe.FULL, 1).weightDecay("first", 0.5));
    assertThat(Toy.same(usual, plain, Set.of("first.bias", "second.bias", "head.bias"))).isTrue();
    assertThat(Toy.same(usual, plain, Set.of("second.weight"))).isFalse();
    assertThat(Toy.same(asked, plain, Set.of("second.weight", "head.weight"))).isTrue();
    for (int i = 0; i < filled.length; i++) {
      // rate 0.25 times decay 0.5; two roundings of numbers below two.
      double expected = plain.get("first.bias").toArray()[i] - 0.125 * filled[i];
      assertThat((double) asked.get("first.bias").toArray()[i])
          .isCloseTo(expected, within(2 * Math.ulp(2.0f) * 1.0));
    }
  }

  private static Weights decayed(Model start, Settings settings) {
    Split<Pictures> data = new Split<>(new Toy.Halves(8, 1), new Toy.Halves(4, 2));
    Settings plainSteps =
        settings
            .head(HeadChoice.KEEP)
            .rate(0.25)
            .schedule(Schedule.constant())
            .optimizer(() -> new Sgd(0, false));
    return FineTune.run(start, data, plainSteps).model().weights();
  }
}
