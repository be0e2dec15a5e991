package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import org.junit.jupiter.api.Test;

/** What the cache of frozen features changes: time, and nothing else. */
class CachedFeaturesTest extends FineTuneFixture {

  @Test
  void cachedFeatures_giveTheSameBitsAsNone() {
    Settings cached = settings(Recipe.HEAD, 3);
    Settings direct = settings(Recipe.HEAD, 3).cacheBytes(0);
    Tuned a = FineTune.run(Toy.network(), Toy.data(), cached);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), direct);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
  }

  @Test
  void frozenLayersBelowADropout_areCachedWithoutIt() {
    // The dropout lies in the frozen prefix: cached or not, it is off, and the bits are the same.
    Settings cached = settings(Recipe.FULL, 3).freeze(FreezeMask.firstLayers(4));
    Settings direct = settings(Recipe.FULL, 3).freeze(FreezeMask.firstLayers(4)).cacheBytes(0);
    Tuned a = FineTune.run(Toy.network(), Toy.data(), cached);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), direct);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
  }

  @Test
  void twoBorderValuesOfAResidual_areCachedAlike() {
    Toy.Halves training = new Toy.Halves(40, 1);
    Split<Pictures> data = new Split<>(training, new Toy.Halves(24, 2));
    Settings cached = settings(Recipe.FULL, 3).rate(0.05).freeze(FreezeMask.matching("stem."));
    Settings direct =
        settings(Recipe.FULL, 3).rate(0.05).freeze(FreezeMask.matching("stem.")).cacheBytes(0);
    Tuned a = FineTune.run(Toy.network(), data, cached);
    assertThat(training.reads).hasValue(40);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), direct);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
  }

  @Test
  void aBoundOnTheCachesMemory_isKept() {
    Toy.Halves training = new Toy.Halves(40, 1);
    Split<Pictures> data = new Split<>(training, new Toy.Halves(24, 2));
    // The features are 4 floats a picture, training and validation together 64 of them.
    long needed = 64 * 4 * Float.BYTES;
    FineTune.run(Toy.network(), data, settings(Recipe.HEAD, 3).rate(0.1).cacheBytes(needed));
    assertThat(training.reads).hasValue(40);
    FineTune.run(Toy.network(), data, settings(Recipe.HEAD, 3).rate(0.1).cacheBytes(needed - 1));
    assertThat(training.reads).hasValue(40 + 3 * 40);
  }

  @Test
  void augmentation_changesWhatIsSeen_onlyWhereNothingIsCached() {
    Settings plain = settings(Recipe.FULL, 2).rate(0.05);
    Settings flipped = settings(Recipe.FULL, 2).rate(0.05).augment(Augment.FLIP);
    Tuned a = FineTune.run(Toy.plain(), Toy.data(), plain);
    Tuned b = FineTune.run(Toy.plain(), Toy.data(), flipped);
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isFalse();
    Tuned c = FineTune.run(Toy.plain(), Toy.data(), settings(Recipe.HEAD, 2));
    Tuned d = FineTune.run(Toy.plain(), Toy.data(), settings(Recipe.HEAD, 2).augment(Augment.FLIP));
    assertThat(Toy.same(weights(c), weights(d), weights(c).names())).isTrue();
  }
}
