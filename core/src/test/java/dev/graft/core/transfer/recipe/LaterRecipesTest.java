package dev.graft.core.transfer.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.train.Schedule;
import dev.graft.core.train.Sgd;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.FineTune;
import dev.graft.core.transfer.FineTuneFixture;
import dev.graft.core.transfer.MemoryStore;
import dev.graft.core.transfer.Settings;
import dev.graft.core.transfer.Toy;
import dev.graft.core.transfer.Tuned;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.surgery.HeadChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** More of the network, part by part; and each layer at its own pace. */
class LaterRecipesTest extends FineTuneFixture {

  private static List<TrainEvent.Started> phases(List<TrainEvent.Started> works) {
    return works.stream().filter(work -> !work.name().equals("features")).toList();
  }

  @Test
  void gradual_freesBlockByBlockFromTheTop_andSaysWhy() {
    List<TrainEvent.Started> phases =
        phases(events(TrainEvent.Started.class, Toy.network(), settings(Recipe.GRADUAL, 9)));
    assertThat(phases).extracting(TrainEvent.Started::name).containsExactly("head", "top1", "all");
    assertThat(phases.get(0).note()).startsWith("training 2 tensors");
    assertThat(phases.get(1).note())
        .startsWith("training 6 tensors")
        .contains("2 of 3 blocks are free, since head ended: all 3 epochs trained");
    assertThat(phases.get(2).note())
        .startsWith("training 10 tensors")
        .contains("everything is free, since top1 ended: ");
  }

  @Test
  void whatGradualHasNotFreed_keepsEveryBit() {
    Model start = Toy.network();
    List<Weights> ends = new ArrayList<>();
    // All but the last phase: as many epochs as the first two have.
    Settings settings = settings(Recipe.GRADUAL, 6).rate(0.05);
    MemoryStore store = new MemoryStore();
    FineTune.run(
        start,
        Toy.data(),
        settings
            .checkpoints(store)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Ended ended && ended.name().equals("top1")) {
                    ends.add(store.saved.get("last").weights());
                  }
                }));
    assertThat(ends).hasSize(1);
    Weights last = ends.get(0);
    Set<String> stem = Set.of("stem.conv.weight", "stem.norm.weight", "stem.norm.bias");
    stem.stream().filter(last::contains).forEach(name -> assertThat(name).isNull());
    assertThat(Toy.same(last, start.weights(), Set.of("block.conv.weight"))).isFalse();
  }

  @Test
  void gradualInTwoEpochs_isStaged() {
    List<TrainEvent.Started> phases =
        phases(events(TrainEvent.Started.class, Toy.network(), settings(Recipe.GRADUAL, 2)));
    assertThat(phases).extracting(TrainEvent.Started::name).containsExactly("head", "all");
    assertThatThrownBy(() -> Settings.of(Recipe.GRADUAL, 1)).hasMessageContaining("at least 2");
  }

  @Test
  void surgical_isStagedWithOtherPaces_andRepeats() {
    Settings settings = settings(Recipe.SURGICAL, 4).rate(0.05);
    Tuned one = FineTune.run(Toy.network(), Toy.data(), settings);
    Tuned other = FineTune.run(Toy.network(), Toy.data(), settings);
    assertThat(Toy.same(weights(one), weights(other), weights(one).names())).isTrue();
    Tuned staged = FineTune.run(Toy.network(), Toy.data(), settings(Recipe.STAGED, 4).rate(0.05));
    assertThat(Toy.same(weights(one), weights(staged), weights(one).names())).isFalse();
  }

  /** One step of plain gradient descent from biases of zero, which keep every bit of an update. */
  private Weights oneStep(double decay) {
    Model start = HeadChoice.NEW.apply(Toy.plain(), List.of("left", "up"), 5);
    Split<Pictures> data = new Split<>(new Toy.Halves(8, 1), new Toy.Halves(4, 2));
    Settings settings =
        settings(Recipe.FULL, 1)
            .head(HeadChoice.KEEP)
            .rate(0.1)
            .schedule(Schedule.constant())
            .optimizer(() -> new Sgd(0, false))
            .layerDecay(decay);
    return FineTune.run(start, data, settings).model().weights();
  }

  @Test
  void layerDecay_scalesTheUpdateOfEveryBlockToTheLastBit() {
    Weights whole = oneStep(1);
    Weights halved = oneStep(0.5);
    assertThat(Toy.same(halved, whole, Set.of("head.weight", "head.bias"))).isTrue();
    for (String layer : List.of("first", "second")) {
      float[] update = whole.get(layer + ".bias").toArray();
      float factor = layer.equals("first") ? 0.25f : 0.5f;
      assertThat(update).isNotEqualTo(new float[update.length]);
      for (int i = 0; i < update.length; i++) {
        assertThat(halved.get(layer + ".bias").toArray()[i]).isEqualTo(factor * update[i]);
      }
    }
    assertThatThrownBy(() -> settings(Recipe.FULL, 1).layerDecay(0)).hasMessageContaining("(0, 1]");
  }

  @Test
  void frozenNormalisation_keepsItsStatistics_bitForBit() {
    Model start = Toy.network();
    Tuned tuned =
        FineTune.run(
            start,
            Toy.data(),
            settings(Recipe.FULL, 2).rate(0.05).freeze(FreezeMask.normalizations()));
    Set<String> norms =
        start.graph().stored().keySet().stream()
            .filter(name -> name.contains(".norm."))
            .collect(java.util.stream.Collectors.toSet());
    assertThat(norms).hasSize(8);
    assertThat(Toy.same(weights(tuned), start.weights(), norms)).isTrue();
    assertThat(Toy.same(weights(tuned), start.weights(), Set.of("stem.conv.weight"))).isFalse();
  }

  @Test
  void theRateOfEverything_followsFromWhatTheHeadHasLeftToLearn_andTheStepsThereAre() {
    // A head that learns nothing leaves all of chance's loss; one that has learnt, less of it.
    assertThat(secondRate(Toy.network(), 1e-6)).isCloseTo(1e-6, within(1e-9));
    assertThat(secondRate(Toy.network(), 1e-6, 2)).isCloseTo(1e-7, within(1e-10));
    Model trained =
        FineTune.run(Toy.network(), Toy.data(), settings(Recipe.FULL, 25).rate(0.05)).model();
    double rate = secondRate(trained, 0.05);
    assertThat(rate).isBetween(0.005, 0.05 * 0.9);
    // Nothing keeps activations in range.
    assertThat(secondRate(Toy.plain(), 0.02)).isCloseTo(0.0002, within(1e-9));
  }

  /** Where the second phase has at least 250 steps. */
  private double secondRate(Model model, double headRate) {
    return secondRate(model, headRate, 26);
  }

  private double secondRate(Model model, double headRate, int epochs) {
    Settings settings =
        settings(Recipe.STAGED, epochs)
            .cacheBytes(0)
            .rate(headRate)
            .batchSize(2)
            .schedule(Schedule.constant());
    return events(TrainEvent.Epoch.class, model, settings).stream()
        .filter(epoch -> epoch.phase().equals("all"))
        .findFirst()
        .orElseThrow()
        .rate();
  }
}
