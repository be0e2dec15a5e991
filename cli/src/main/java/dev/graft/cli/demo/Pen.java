package dev.graft.cli.demo;

import dev.graft.core.backend.Rng;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/**
 * Draws a thing within a box from -1 to 1, y pointing down, at a random place, size and turn, in
 * random colours, over a ground with scribbles and noise. All of it follows from a key, with the
 * same bits on every machine: points are tested one by one in plain arithmetic, since the edges
 * that Java2D draws differ between releases of Java.
 */
final class Pen {

  /** The colours there are to take. */
  static final List<String> COLOURS = List.of("body", "second", "dark", "light");

  /** Pixels of a side. */
  static final int SIZE = 32;

  /** Points of a pixel, in each direction: it takes their mean colour. */
  private static final int FINE = 4;

  private static final int SIDE = SIZE * FINE;
  private static final int SCRIBBLES = 3;
  private static final int LIGHT = 0xF0F0EB;

  /** Deviation of the noise, in levels of 255. */
  private static final double NOISE = 14;

  /** Of the sum of two uniform numbers. */
  private static final double DEVIATION = StrictMath.sqrt(1 / 6.0);

  private final long key;
  private long draws;
  private final int[] points = new int[SIDE * SIDE];
  private final int body;
  private final int second;
  private final int dark;
  private int colour;

  // Where the box lies: from pixels to the box.
  private final double centreX;
  private final double centreY;
  private final double xx;
  private final double xy;
  private final double yx;
  private final double yy;

  /**
   * @param key picks everything that is random
   */
  Pen(long key) {
    this.key = key;
    boolean isNight = next() < 0.5;
    int ground = isNight ? colour(10, 90) : colour(165, 245);
    this.body = isNight ? colour(120, 250) : colour(20, 165);
    this.second = isNight ? colour(90, 250) : colour(20, 190);
    this.dark = 0x010101 * (int) (10 + 40 * next());
    this.colour = body;
    Arrays.fill(points, ground);
    for (int i = 0; i < SCRIBBLES; i++) {
      scribble();
    }
    double height = 9 + 4.5 * next();
    double width = height * (0.85 + 0.3 * next()) * (next() < 0.5 ? -1 : 1);
    double room = SIZE / 2.0 - height;
    this.centreX = SIZE / 2.0 + room * (2 * next() - 1);
    this.centreY = SIZE / 2.0 + room * (2 * next() - 1);
    // Up to twenty degrees to either side.
    double angle = 0.7 * (next() - 0.5);
    double sine = StrictMath.sin(angle);
    double cosine = StrictMath.cos(angle);
    this.xx = cosine / width;
    this.xy = sine / width;
    this.yx = -sine / height;
    this.yy = cosine / height;
  }

  private double next() {
    return Rng.uniformDouble(key, draws++);
  }

  private int colour(int least, int most) {
    int rgb = 0;
    for (int c = 0; c < 3; c++) {
      rgb = rgb << 8 | least + (int) ((most - least) * next());
    }
    return rgb;
  }

  /** Something in the background that is no part of any thing. */
  private void scribble() {
    int scribbled = colour(40, 220);
    double x = SIZE * next();
    double y = SIZE * next();
    double size = next();
    Figure figure =
        next() < 0.5
            ? Figure.of("disc", new double[] {x, y, 1 + 2.5 * size})
            : Figure.of(
                "line",
                new double[] {0.8 + size, x, y, x + 16 * (next() - 0.5), y + 16 * (next() - 0.5)});
    for (int i = 0; i < points.length; i++) {
      if (figure.covers(across(i), down(i))) {
        points[i] = scribbled;
      }
    }
  }

  /** In pixels, from the left. */
  private static double across(int point) {
    return (point % SIDE + 0.5) / FINE;
  }

  /** In pixels, from the top. */
  private static double down(int point) {
    return (point / SIDE + 0.5) / FINE;
  }

  /** Takes a colour by its name, or stays with the last. */
  void take(String name) {
    colour =
        switch (name) {
          case "body" -> body;
          case "second" -> second;
          case "dark" -> dark;
          case "light" -> LIGHT;
          default -> colour;
        };
  }

  /**
   * Draws a figure of the box.
   *
   * @param isMirrored whether also with left and right exchanged
   */
  void draw(Figure figure, boolean isMirrored) {
    for (int i = 0; i < points.length; i++) {
      double right = across(i) - centreX;
      double below = down(i) - centreY;
      double x = xx * right + xy * below;
      double y = yx * right + yy * below;
      if (figure.covers(x, y) || (isMirrored && figure.covers(-x, y))) {
        points[i] = colour;
      }
    }
  }

  /** What was drawn, with noise over it. */
  BufferedImage picture() {
    BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    long noise = Rng.key(key, 7);
    for (int i = 0; i < SIZE * SIZE; i++) {
      int rgb = 0;
      for (int c = 2; c >= 0; c--) {
        double two =
            Rng.uniformDouble(noise, 6L * i + c) + Rng.uniformDouble(noise, 6L * i + 3 + c);
        double level = mean(i, 8 * c) + NOISE / DEVIATION * (two - 1);
        rgb = rgb << 8 | (int) Math.max(0, Math.min(255, level));
      }
      picture.setRGB(i % SIZE, i / SIZE, rgb);
    }
    return picture;
  }

  /** The mean level of a pixel's points, of the colour that lies {@code shift} bits up. */
  private double mean(int pixel, int shift) {
    int first = pixel / SIZE * FINE * SIDE + pixel % SIZE * FINE;
    int sum = 0;
    for (int row = 0; row < FINE; row++) {
      for (int column = 0; column < FINE; column++) {
        sum += points[first + row * SIDE + column] >> shift & 255;
      }
    }
    return (double) sum / (FINE * FINE);
  }
}
