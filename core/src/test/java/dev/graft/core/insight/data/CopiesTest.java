package dev.graft.core.insight.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.picture.Look;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pictures that are there more than once, and pictures that only look alike. */
class CopiesTest {

  private static BufferedImage picture(int width, int height, long seed) {
    Random random = new Random(seed);
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    for (int i = 0; i < 40; i++) {
      g.setColor(new Color(random.nextInt(1 << 24)));
      g.fillOval(
          random.nextInt(width), random.nextInt(height), width / 4, random.nextInt(height / 2));
    }
    g.dispose();
    return picture;
  }

  private static BufferedImage scaled(BufferedImage from, int width, int height) {
    BufferedImage to = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = to.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    g.drawImage(from, 0, 0, width, height, null);
    g.dispose();
    return to;
  }

  private static BufferedImage noisy(BufferedImage from, int levels, long seed) {
    Random random = new Random(seed);
    BufferedImage to = scaled(from, from.getWidth(), from.getHeight());
    for (int y = 0; y < to.getHeight(); y++) {
      for (int x = 0; x < to.getWidth(); x++) {
        Color c = new Color(to.getRGB(x, y));
        int d = random.nextInt(2 * levels + 1) - levels;
        to.setRGB(
            x,
            y,
            new Color(level(c.getRed() + d), level(c.getGreen() + d), level(c.getBlue() + d))
                .getRGB());
      }
    }
    return to;
  }

  /** As a colour profile changes light and contrast. */
  private static BufferedImage lighter(BufferedImage from) {
    BufferedImage to = scaled(from, from.getWidth(), from.getHeight());
    for (int y = 0; y < to.getHeight(); y++) {
      for (int x = 0; x < to.getWidth(); x++) {
        Color c = new Color(to.getRGB(x, y));
        to.setRGB(
            x, y, new Color(gamma(c.getRed()), gamma(c.getGreen()), gamma(c.getBlue())).getRGB());
      }
    }
    return to;
  }

  private static int gamma(int level) {
    return (int) Math.round(255 * Math.pow(level / 255.0, 0.85));
  }

  private static int level(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private static List<Copies> among(BufferedImage... pictures) {
    return Copies.among(
        new ArrayList<>(Arrays.stream(pictures).map(p -> p == null ? null : Look.of(p)).toList()));
  }

  @Test
  void equalScaledAndNoisyPictures_areCopies_othersAreNot() {
    BufferedImage one = picture(200, 150, 1);
    List<Copies> found =
        among(
            one,
            picture(200, 150, 2),
            scaled(one, 100, 75),
            picture(200, 150, 3),
            noisy(one, 12, 9),
            scaled(picture(200, 150, 3), 200, 150));
    assertThat(found)
        .containsExactly(new Copies(List.of(0, 2, 4), false), new Copies(List.of(3, 5), true));
  }

  @Test
  void aCopyOfAnotherLight_isACopy() {
    assertThat(among(picture(200, 150, 1), lighter(picture(200, 150, 1)), picture(200, 150, 2)))
        .containsExactly(new Copies(List.of(0, 1), false));
  }

  @Test
  void differentPictures_areNeverCopies_howeverManyThereAre() {
    BufferedImage[] pictures = new BufferedImage[200];
    Arrays.setAll(pictures, i -> picture(64, 64, 1000 + i));
    assertThat(among(pictures)).isEmpty();
  }

  /** Almost nothing is on them: only what is equal is a copy. */
  @Test
  void nearlyEmptyPictures_areCopiesOnlyWhereEveryPixelAgrees() {
    BufferedImage white = new BufferedImage(40, 40, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage speck = new BufferedImage(40, 40, BufferedImage.TYPE_BYTE_GRAY);
    speck.setRGB(3, 3, 0xFFFFFF);
    BufferedImage colour = scaled(white, 40, 40);
    assertThat(among(white, speck, colour)).containsExactly(new Copies(List.of(0, 2), true));
  }

  @Test
  void whatCannotBeRead_isNoCopy() {
    BufferedImage[] pictures = new BufferedImage[3];
    pictures[1] = picture(30, 30, 1);
    assertThat(among(pictures)).isEmpty();
  }
}
