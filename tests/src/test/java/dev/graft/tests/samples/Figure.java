package dev.graft.tests.samples;

import dev.graft.core.backend.Rng;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;

/** Things to draw: each a class of pictures with its own outline, in a box from -1 to 1. */
enum Figure {
  CIRCLE,
  SQUARE,
  TRIANGLE,
  BAR,
  PLUS,
  RING,
  HALF,
  CORNER,
  STAR,
  HEART,
  ARROW,
  MOON;

  private static final int SIZE = 32;

  /** A picture of this figure at a random place, size, turn and brightness, over noise. */
  BufferedImage draw(long key) {
    BufferedImage picture = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_BYTE_GRAY);
    int draw = 0;
    int ground = 20 + Rng.below(key, draw++, 100);
    int ink = Math.min(255, ground + 60 + Rng.below(key, draw++, 80));
    if (Rng.uniform(key, draw++) < 0.5f) {
      int swap = ground;
      ground = ink;
      ink = swap;
    }
    Graphics2D g = picture.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.setColor(new Color(ground, ground, ground));
    g.fillRect(0, 0, SIZE, SIZE);
    double scale = 6 + 5 * Rng.uniformDouble(key, draw++);
    double room = SIZE / 2.0 - scale - 1;
    AffineTransform place = new AffineTransform();
    place.translate(
        SIZE / 2.0 + room * (2 * Rng.uniformDouble(key, draw++) - 1),
        SIZE / 2.0 + room * (2 * Rng.uniformDouble(key, draw++) - 1));
    place.rotate((Rng.uniformDouble(key, draw++) - 0.5) * Math.PI / 2);
    place.scale(scale, scale * (0.8 + 0.4 * Rng.uniformDouble(key, draw++)));
    g.setColor(new Color(ink, ink, ink));
    g.setStroke(new BasicStroke(2));
    Shape outline = place.createTransformedShape(outline());
    if (Rng.uniform(key, draw++) < 0.7f) {
      g.fill(outline);
    } else {
      g.draw(outline);
    }
    g.dispose();
    for (int i = 0; i < SIZE * SIZE; i++) {
      int level = picture.getRaster().getSample(i % SIZE, i / SIZE, 0);
      double noisy = level + 12 * Rng.gaussian(Rng.key(key, 7), i);
      picture.getRaster().setSample(i % SIZE, i / SIZE, 0, (int) Math.max(0, Math.min(255, noisy)));
    }
    return picture;
  }

  private Shape outline() {
    return switch (this) {
      case CIRCLE -> disc(0, 0, 1);
      case SQUARE -> new Rectangle2D.Double(-0.85, -0.85, 1.7, 1.7);
      case TRIANGLE -> path(0, -1, 0.95, 0.8, -0.95, 0.8);
      case BAR -> new Rectangle2D.Double(-1, -0.3, 2, 0.6);
      case PLUS -> {
        Area plus = new Area(new Rectangle2D.Double(-1, -0.3, 2, 0.6));
        plus.add(new Area(new Rectangle2D.Double(-0.3, -1, 0.6, 2)));
        yield plus;
      }
      case RING -> without(disc(0, 0, 1), disc(0, 0, 0.55));
      case HALF -> without(disc(0, 0, 1), new Area(new Rectangle2D.Double(-1, 0, 2, 1)));
      case CORNER -> path(-1, -1, -0.4, -1, -0.4, 0.4, 1, 0.4, 1, 1, -1, 1);
      case STAR -> star();
      case HEART -> heart();
      case ARROW -> path(0, -1, 0.9, 0, 0.3, 0, 0.3, 1, -0.3, 1, -0.3, 0, -0.9, 0);
      case MOON -> without(disc(0, 0, 1), disc(0.5, -0.1, 0.8));
    };
  }

  private static Area disc(double x, double y, double radius) {
    return new Area(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  private static Area without(Area whole, Area part) {
    whole.subtract(part);
    return whole;
  }

  private static Path2D path(double... corners) {
    Path2D path = new Path2D.Double();
    path.moveTo(corners[0], corners[1]);
    for (int i = 2; i < corners.length; i += 2) {
      path.lineTo(corners[i], corners[i + 1]);
    }
    path.closePath();
    return path;
  }

  private static Path2D star() {
    double[] corners = new double[20];
    for (int i = 0; i < 10; i++) {
      double radius = i % 2 == 0 ? 1 : 0.42;
      corners[2 * i] = radius * Math.sin(i * Math.PI / 5);
      corners[2 * i + 1] = -radius * Math.cos(i * Math.PI / 5);
    }
    return path(corners);
  }

  private static Path2D heart() {
    Path2D heart = new Path2D.Double();
    heart.moveTo(0, 1);
    heart.curveTo(-1.4, 0, -1, -1.1, -0.5, -1);
    heart.curveTo(-0.2, -0.95, 0, -0.7, 0, -0.45);
    heart.curveTo(0, -0.7, 0.2, -0.95, 0.5, -1);
    heart.curveTo(1, -1.1, 1.4, 0, 0, 1);
    heart.closePath();
    return heart;
  }
}
