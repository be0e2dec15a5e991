package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Rng;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.graph.Preprocessing;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pictures and targets are mixed in one proportion. */
class MixedDatasetTest {

  /** Black ones of class 0, white ones of class 1; the last has no label, or cannot be read. */
  private record Plain(boolean isBroken) implements Pictures {

    @Override
    public int size() {
      return 9;
    }

    @Override
    public List<String> classes() {
      return List.of("black", "white");
    }

    @Override
    public int label(int index) {
      return index == 8 ? UNLABELLED : index % 2;
    }

    @Override
    public String name(int index) {
      return "picture " + index;
    }

    @Override
    public BufferedImage read(int index) {
      if (isBroken && index == 8) {
        throw new UnreadableException("is broken");
      }
      BufferedImage picture = new BufferedImage(40, 40, BufferedImage.TYPE_BYTE_GRAY);
      for (int i = 0; i < 1600; i++) {
        picture.getRaster().setSample(i % 40, i / 40, 0, index % 2 * 255);
      }
      return picture;
    }
  }

  private static MixedDataset dataset(int size, Preprocessing.Layout layout, Mix mix) {
    Preprocessing unit = Preprocessing.named("unit", 3, size, size).withLayout(layout);
    return new MixedDataset(
        new PictureDataset(new Plain(true), unit, Augment.NONE, "image", "target"), unit, 2, mix);
  }

  /** White is 1 and black is 0: the mean of a picture is the share of white in it. */
  @Test
  void theTarget_isWhatThePictureShows() {
    for (Mix mix : List.of(Mix.MIXUP, Mix.CUTMIX)) {
      for (Preprocessing.Layout layout : Preprocessing.Layout.values()) {
        MixedDataset mixed = dataset(20, layout, mix);
        int differ = 0;
        for (int variant = 1; variant < 60; variant++) {
          int index = variant % 8;
          List<float[]> item = mixed.read(index, Rng.key(7, variant));
          double mean = 0;
          for (float pixel : item.get(0)) {
            mean += pixel / (double) item.get(0).length;
          }
          float[] target = item.get(1);
          // A share is rounded to a float, and a pixel as well.
          assertThat(target[1]).as("%s %d", mix, variant).isCloseTo((float) mean, within(1e-5f));
          assertThat(target[0] + target[1]).isCloseTo(1, within(1e-6f));
          differ += target[0] > 0.01 && target[1] > 0.01 ? 1 : 0;
        }
        assertThat(differ).as("%s", mix).isGreaterThan(5);
      }
    }
  }

  @Test
  void variantZero_isThePictureItself_andALabelThatIsMissingIsNoClass() {
    MixedDataset mixed = dataset(20, Preprocessing.Layout.CHANNELS_FIRST, Mix.MIXUP);
    assertThat(mixed.read(3, 0).get(1)).containsExactly(0, 1);
    assertThat(mixed.read(3, 0).get(0)).containsOnly(1);
    assertThat(mixed.variants()).isEqualTo(Integer.MAX_VALUE);
    Preprocessing unit = Preprocessing.named("unit", 1, 20, 20);
    PictureDataset plain =
        new PictureDataset(new Plain(false), unit, Augment.NONE, "image", "target");
    MixedDataset none = new MixedDataset(plain, unit, 2, null);
    assertThat(none.read(8, 0).get(1)).containsExactly(0, 0);
    assertThat(none.variants()).isEqualTo(1);
  }

  /** As teacher and student look at them. */
  @Test
  void picturesOfAnotherSize_areMixedAlike() {
    for (Mix mix : List.of(Mix.MIXUP, Mix.CUTMIX)) {
      MixedDataset small = dataset(20, Preprocessing.Layout.CHANNELS_FIRST, mix);
      MixedDataset large = dataset(200, Preprocessing.Layout.CHANNELS_LAST, mix);
      for (int variant = 1; variant < 20; variant++) {
        float[] one = small.read(2, variant).get(1);
        float[] other = large.read(2, variant).get(1);
        // Sides of a rectangle are rounded to one pixel of 20 each.
        assertThat(one[1]).isCloseTo(other[1], within(mix.kind() == Mix.Kind.MIXUP ? 0 : 0.1f));
      }
    }
  }

  /** The variance of Beta(alpha, alpha) is 1 / (4 (2 alpha + 1)); of 4,000 draws, six sigma. */
  @Test
  void shares_areOfTheBetaDistribution() {
    for (double alpha : new double[] {0.2, 0.5, 1}) {
      Mix mix = new Mix(Mix.Kind.MIXUP, alpha);
      double sum = 0;
      double squares = 0;
      int n = 4000;
      for (int i = 0; i < n; i++) {
        double share = mix.share(Rng.key(11, i));
        assertThat(share).isBetween(0.0, 1.0);
        sum += share - 0.5;
        squares += (share - 0.5) * (share - 0.5);
      }
      double variance = 1 / (4 * (2 * alpha + 1));
      assertThat(sum / n).isCloseTo(0, within(6 * Math.sqrt(variance / n)));
      assertThat(squares / n).isCloseTo(variance, within(6 * 0.25 / Math.sqrt(n)));
    }
    assertThatThrownBy(() -> new Mix(Mix.Kind.MIXUP, 0)).hasMessageContaining("(0, 1], found 0");
    assertThatThrownBy(() -> Mix.byName("mix"))
        .hasMessage("unknown mix mix; known are mixup, cutmix");
  }
}
