package dev.graft.core.data.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Preprocessing.Channels;
import dev.graft.core.tensor.Shape;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessorTest {

  private static final List<Double> ZEROS = List.of(0.0, 0.0, 0.0);
  private static final List<Double> ONES = List.of(1.0, 1.0, 1.0);

  @ParameterizedTest
  @ValueSource(strings = {"50x37", "37x50", "41x41", "20x61"})
  void resizeAndCrop_givesTorchvisionsLevels(String size) {
    Golden source = Golden.of("crop_" + size + ".source");
    Golden target = Golden.of("crop_" + size + ".target");

    float[] rgb =
        Preprocessor.apply(
            new Preprocessing(28, 28, 0.875, Channels.RGB, ZEROS, ONES), picture(source));
    float[] bgr =
        Preprocessor.apply(
            new Preprocessing(28, 28, 0.875, Channels.BGR, ZEROS, ONES), picture(source));

    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < 28 * 28; i++) {
        assertThat(rgb[c * 784 + i]).isEqualTo(target.level(c, i / 28, i % 28));
        assertThat(bgr[(2 - c) * 784 + i]).isEqualTo(rgb[c * 784 + i]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"50x37", "37x50", "41x41", "20x61"})
  void gray_isPillowsLuma(String size) {
    Golden target = Golden.of("crop_" + size + ".gray");
    Preprocessing p = new Preprocessing(28, 28, 0.875, Channels.GRAY, List.of(0.0), List.of(1.0));

    float[] gray = Preprocessor.apply(p, picture(Golden.of("crop_" + size + ".source")));

    for (int i = 0; i < 784; i++) {
      assertThat(gray[i]).isEqualTo(target.level(0, i / 28, i % 28));
    }
  }

  @Test
  void grayPicture_fillsAllColours_andLevelsAreNormalised() {
    BufferedImage picture = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    picture.getRaster().setSample(1, 2, 0, 128);

    float[] input = Preprocessor.apply(Preprocessing.named("imagenet", 3, 4, 4), picture);

    double[] mean = {123.675, 116.28, 103.53};
    double[] deviation = {58.395, 57.12, 57.375};
    for (int c = 0; c < 3; c++) {
      // One rounding to float.
      assertThat((double) input[c * 16 + 9])
          .isCloseTo((128 - mean[c]) / deviation[c], within(1e-6));
      assertThat((double) input[c * 16]).isCloseTo(-mean[c] / deviation[c], within(1e-6));
    }
  }

  @Test
  void oblongTarget_isCovered() {
    BufferedImage picture = new BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 100; y++) {
      for (int x = 0; x < 100; x++) {
        picture.setRGB(x, y, new Color(y, x, 200).getRGB());
      }
    }
    Preprocessing p = new Preprocessing(50, 100, 1, Channels.RGB, ZEROS, ONES);

    float[] input = Preprocessor.apply(p, picture);

    // Nothing is scaled; rows 25 to 74 remain.
    assertThat(input[0]).isEqualTo(25);
    assertThat(input[49 * 100]).isEqualTo(74);
    assertThat(input[5000 + 99]).isEqualTo(99);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})
  void everyLayoutOfPixels_givesItsColours(int type) {
    BufferedImage picture = new BufferedImage(9, 5, type);
    picture.setRGB(3, 2, 0xFFFFFFFF);
    picture.setRGB(4, 2, 0xFF000000);

    BufferedImage[] both = {picture, padded(type)};
    for (BufferedImage each : both) {
      Raster8 raster = Raster8.of(each);
      for (byte[] plane : raster.planes()) {
        assertThat(plane[2 * 9 + 3] & 0xFF).isEqualTo(255);
        assertThat(plane[2 * 9 + 4] & 0xFF).isZero();
      }
    }
  }

  /** The same picture as a part of a larger one, which shares its memory. */
  private static BufferedImage padded(int type) {
    BufferedImage large = new BufferedImage(20, 20, type);
    BufferedImage part = large.getSubimage(7, 6, 9, 5);
    part.setRGB(3, 2, 0xFFFFFFFF);
    part.setRGB(4, 2, 0xFF000000);
    return part;
  }

  @Test
  void extremeShapes_fitInMemory() {
    Preprocessing p = Preprocessing.named("tf", 3, 224, 224);
    int[][] sizes = {{1, 60_000}, {60_000, 1}, {1, 1}};
    for (int[] size : sizes) {
      BufferedImage picture = new BufferedImage(size[0], size[1], BufferedImage.TYPE_3BYTE_BGR);
      assertThat(Preprocessor.apply(p, picture)).hasSize(3 * 224 * 224).containsOnly(-1);
    }
  }

  @Test
  void anySize_keepsAPlainColourPlain() {
    long seed = new Random().nextLong();
    System.out.println("PreprocessorTest.anySize seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 60; i++) {
      int level = random.nextInt(256);
      BufferedImage picture =
          new BufferedImage(
              1 + random.nextInt(300), 1 + random.nextInt(300), BufferedImage.TYPE_INT_RGB);
      int rgb = level << 16 | level << 8 | level;
      for (int y = 0; y < picture.getHeight(); y++) {
        for (int x = 0; x < picture.getWidth(); x++) {
          picture.setRGB(x, y, rgb);
        }
      }
      Preprocessing p =
          new Preprocessing(
              1 + random.nextInt(40),
              1 + random.nextInt(40),
              0.5 + random.nextDouble() / 2,
              Channels.RGB,
              ZEROS,
              ONES);

      float[] input =
          Preprocessor.apply(p, Augment.CROP_FLIP, random.nextInt(2) * random.nextLong(), picture);

      assertThat(input).as("seed %d, round %d", seed, i).containsOnly(level);
    }
  }

  static BufferedImage picture(Golden golden) {
    BufferedImage picture =
        new BufferedImage(golden.width(), golden.height(), BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < golden.height(); y++) {
      for (int x = 0; x < golden.width(); x++) {
        int rgb = golden.level(0, y, x) << 16 | golden.level(1, y, x) << 8 | golden.level(2, y, x);
        picture.setRGB(x, y, rgb);
      }
    }
    return picture;
  }

  @Test
  void channelsLast_isTheSameInAnotherOrder() {
    BufferedImage picture = new BufferedImage(5, 4, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 20; i++) {
      picture.setRGB(i % 5, i / 5, 0x10203 * i);
    }
    Preprocessing first = Preprocessing.named("imagenet", 3, 4, 5);
    Preprocessing last = first.withLayout(Preprocessing.Layout.CHANNELS_LAST);
    float[] planes = Preprocessor.apply(first, picture);
    float[] pixels = Preprocessor.apply(last, picture);
    assertThat(last.item()).isEqualTo(Shape.of(4, 5, 3));
    for (int i = 0; i < 60; i++) {
      assertThat(pixels[i % 20 * 3 + i / 20]).isEqualTo(planes[i]);
    }
  }

  @Test
  void layout_followsFromTheInput() {
    for (int[] sizes : new int[][] {{3, 32, 32}, {1, 28, 28}, {3, 3, 3}, {4, 8, 8}}) {
      InputSpec input = InputSpec.batched("x", Shape.of(sizes));
      assertThat(Preprocessing.Layout.of(input)).isEqualTo(Preprocessing.Layout.CHANNELS_FIRST);
    }
    for (int[] sizes : new int[][] {{32, 32, 3}, {28, 28, 1}, {224, 160, 3}}) {
      InputSpec input = InputSpec.batched("x", Shape.of(sizes));
      assertThat(Preprocessing.Layout.of(input)).isEqualTo(Preprocessing.Layout.CHANNELS_LAST);
    }
  }
}
