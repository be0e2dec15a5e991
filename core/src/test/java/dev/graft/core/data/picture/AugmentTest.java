package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.Preprocessing;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class AugmentTest {

  private static final int DRAWS = 20_000;

  @Test
  void crops_areInside_andHaveTheAreaAndRatioAskedFor() {
    double area = 0;
    for (int i = 1; i <= DRAWS; i++) {
      Augment.Region r = Augment.CROP_FLIP.crop(500, 375, Rng.key(3, i));
      assertThat(r.left()).isNotNegative();
      assertThat(r.top()).isNotNegative();
      assertThat(r.left() + r.width()).isLessThanOrEqualTo(500);
      assertThat(r.top() + r.height()).isLessThanOrEqualTo(375);
      double share = r.width() * r.height() / (500.0 * 375);
      // Rounding a side of at least 200 pixels by half a pixel.
      assertThat(share).isBetween(0.345, 1.0);
      assertThat(r.width() / (double) r.height()).isBetween(0.745, 1.34);
      area += share;
    }
    // A share s fits a 4:3 picture if the ratio is at least 4/3 s, which has the probability
    // min(1, ln(1/s) / (2 ln 4/3)). Under that weight the mean of s from 0.35 to 1 is 0.5746, its
    // deviation below 0.16: five deviations of the mean of 20,000.
    assertThat(area / DRAWS).isCloseTo(0.5746, within(0.0057));
  }

  @Test
  void pictureTooNarrowForAnyCrop_givesTheLargestCentredOne() {
    Augment.Region wide = Augment.CROP_FLIP.crop(1000, 30, 5);
    Augment.Region high = Augment.CROP_FLIP.crop(30, 1000, 5);
    assertThat(wide).isEqualTo(new Augment.Region(480, 0, 40, 30));
    assertThat(high).isEqualTo(new Augment.Region(0, 480, 30, 40));
  }

  @Test
  void half_areFlipped() {
    int flipped = 0;
    for (int i = 1; i <= DRAWS; i++) {
      flipped += Augment.FLIP.flips(Rng.key(4, i)) ? 1 : 0;
    }
    // Five deviations of a fair coin: 5 * sqrt(n) / 2.
    assertThat((double) flipped).isCloseTo(DRAWS / 2.0, within(2.5 * Math.sqrt(DRAWS)));
  }

  @Test
  void sameVariant_isTheSamePicture_andVariant0TheOriginal() {
    BufferedImage picture = PreprocessorTest.picture(Golden.of("crop_50x37.source"));
    Preprocessing p = Preprocessing.named("unit", 3, 20, 20);
    float[] plain = Preprocessor.apply(p, picture);

    assertThat(Preprocessor.apply(p, Augment.CROP_FLIP, 0, picture)).isEqualTo(plain);
    assertThat(Preprocessor.apply(p, Augment.CROP_FLIP, 9, picture))
        .isEqualTo(Preprocessor.apply(p, Augment.CROP_FLIP, 9, picture))
        .isNotEqualTo(plain)
        .isNotEqualTo(Preprocessor.apply(p, Augment.CROP_FLIP, 10, picture));
  }

  @Test
  void flip_mirrorsRows() {
    BufferedImage picture = PreprocessorTest.picture(Golden.of("crop_41x41.source"));
    Preprocessing p = Preprocessing.named("none", 3, 20, 20);
    long variant = 1;
    while (!Augment.FLIP.flips(variant)) {
      variant++;
    }
    float[] plain = Preprocessor.apply(p, picture);
    float[] flipped = Preprocessor.apply(p, Augment.FLIP, variant, picture);
    for (int i = 0; i < plain.length; i++) {
      assertThat(flipped[i]).isEqualTo(plain[i - i % 20 + 19 - i % 20]);
    }
  }

  @Test
  void names() {
    assertThat(Augment.byName("none").isActive()).isFalse();
    assertThat(Augment.byName("flip")).isEqualTo(Augment.FLIP);
    assertThat(Augment.byName("crop-flip").isActive()).isTrue();
    assertThatThrownBy(() -> Augment.byName("twist")).hasMessageContaining("known are none, flip");
  }
}
