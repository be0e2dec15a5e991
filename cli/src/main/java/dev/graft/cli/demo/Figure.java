package dev.graft.cli.demo;

/** A region of the plane, by the points that lie in it. */
interface Figure {

  /** Whether a point lies in it. */
  boolean covers(double x, double y);

  /**
   * A figure by its name and numbers, as {@code drawings.txt} lists them.
   *
   * @throws IllegalArgumentException if there is no such figure
   */
  static Figure of(String kind, double[] n) {
    return switch (kind) {
      case "disc" -> oval(n[0], n[1], n[2], n[2]);
      case "oval" -> oval(n[0], n[1], n[2], n[3]);
      case "box" -> (x, y) -> x >= n[0] && x <= n[2] && y >= n[1] && y <= n[3];
      case "area" -> (x, y) -> isWithin(n, x, y);
      case "line" -> (x, y) -> isNear(n, x, y);
      case "ring" -> ring(n[0], n[1], n[2], n[3], n[4] / 2);
      default -> throw new IllegalArgumentException("nothing is drawn by the word " + kind);
    };
  }

  private static Figure oval(double centreX, double centreY, double halfWidth, double halfHeight) {
    return (x, y) -> {
      double across = (x - centreX) / halfWidth;
      double down = (y - centreY) / halfHeight;
      return across * across + down * down <= 1;
    };
  }

  private static Figure ring(double x, double y, double halfWidth, double halfHeight, double half) {
    Figure outer = oval(x, y, halfWidth + half, halfHeight + half);
    Figure inner = oval(x, y, halfWidth - half, halfHeight - half);
    return (px, py) -> outer.covers(px, py) && !inner.covers(px, py);
  }

  /** Even-odd rule: how many sides of the polygon a ray to the right meets. */
  private static boolean isWithin(double[] corners, double x, double y) {
    boolean isWithin = false;
    int last = corners.length - 2;
    for (int i = 0; i < corners.length; i += 2) {
      double y1 = corners[i + 1];
      double y2 = corners[last + 1];
      if (y1 > y != y2 > y
          && x < corners[i] + (corners[last] - corners[i]) * (y - y1) / (y2 - y1)) {
        isWithin = !isWithin;
      }
      last = i;
    }
    return isWithin;
  }

  /** Within half a width, the first number, of a line through the points that follow. */
  private static boolean isNear(double[] n, double x, double y) {
    double reach = n[0] * n[0] / 4;
    for (int i = 1; i + 3 < n.length; i += 2) {
      double alongX = n[i + 2] - n[i];
      double alongY = n[i + 3] - n[i + 1];
      double share =
          ((x - n[i]) * alongX + (y - n[i + 1]) * alongY) / (alongX * alongX + alongY * alongY);
      double nearest = Math.max(0, Math.min(1, share));
      double offX = x - n[i] - nearest * alongX;
      double offY = y - n[i + 1] - nearest * alongY;
      if (offX * offX + offY * offY <= reach) {
        return true;
      }
    }
    return false;
  }
}
