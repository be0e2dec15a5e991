package dev.graft.core.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.Split;
import dev.graft.core.data.picture.Augment;
import dev.graft.core.data.picture.Pictures;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.transfer.freeze.FreezeMask;
import dev.graft.core.transfer.recipe.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
  void variantsOfAugmentedPictures_areCachedToTheSameBits() {
    Settings cached = settings(Recipe.HEAD, 5).augment(Augment.FLIP).variants(3);
    Toy.Halves training = new Toy.Halves(40, 1);
    Split<Pictures> data = new Split<>(training, new Toy.Halves(24, 2));
    Tuned a = FineTune.run(Toy.network(), data, cached.rate(0.1));
    assertThat(training.reads).as("three variants of each").hasValue(3 * 40);
    Tuned b = FineTune.run(Toy.network(), Toy.data(), cached.rate(0.1).cacheBytes(0));
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
    assertThat(a.caches()).hasSize(1);
    assertThat(a.caches().get(0).isCached()).isTrue();
    assertThat(a.caches().get(0).variants()).isEqualTo(3);
    assertThat(b.caches().get(0).reason()).isEqualTo("the cache is off");
    Tuned plain = FineTune.run(Toy.network(), Toy.data(), settings(Recipe.HEAD, 5).rate(0.1));
    assertThat(Toy.same(weights(a), weights(plain), weights(a).names())).isFalse();
  }

  @Test
  void whereEveryEpochHasItsOwnVariant_nothingIsCached_andThatIsTold() {
    List<String> notes = new ArrayList<>();
    Settings settings =
        settings(Recipe.HEAD, 3)
            .augment(Augment.FLIP)
            .listener(
                event -> {
                  if (event instanceof TrainEvent.Noted noted) {
                    notes.add(noted.name() + ": " + noted.note());
                  }
                });
    Tuned tuned = FineTune.run(Toy.network(), Toy.data(), settings);
    assertThat(tuned.caches().get(0).isCached()).isFalse();
    assertThat(notes).hasSize(1);
    assertThat(notes.get(0)).startsWith("features: ").contains("a variant of its own");
  }

  @Test
  void picturesThatCannotBeRead_leaveTheSameBitsToo() {
    Split<Pictures> data =
        new Split<>(new Toy.Halves(40, 1, Set.of(3, 17)), new Toy.Halves(24, 2, Set.of(5)));
    Tuned a = FineTune.run(Toy.network(), data, settings(Recipe.HEAD, 3));
    Tuned b = FineTune.run(Toy.network(), data, settings(Recipe.HEAD, 3).cacheBytes(0));
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isTrue();
    assertThat(a.images()).isEqualTo(b.images()).isEqualTo(38);
    assertThat(a.unreadable()).isEqualTo(b.unreadable());
  }

  @Test
  void theBoundOnMemory_isANumber_notAShareOfTheHeap() {
    assertThat(Settings.of(Recipe.HEAD, 1).cacheBytes()).isEqualTo(1L << 30);
  }

  @Test
  void augmentation_changesWhatIsSeen() {
    Settings plain = settings(Recipe.FULL, 2).rate(0.05);
    Tuned a = FineTune.run(Toy.plain(), Toy.data(), plain);
    Tuned b = FineTune.run(Toy.plain(), Toy.data(), plain.augment(Augment.FLIP));
    assertThat(Toy.same(weights(a), weights(b), weights(a).names())).isFalse();
  }
}
