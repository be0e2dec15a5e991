package dev.graft.core.insight.unit;

import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import java.awt.image.BufferedImage;

/** The filters of a network's first convolution as pictures: they alone read colours. */
public final class Filters {

  /** Pixels along the side of a filter's picture, or a little more. */
  private static final int CELL = 28;

  private static final int GAP = 3;

  private Filters() {}

  /**
   * All of them in rows, as many as columns. Each is stretched so that 0 is the middle gray and its
   * largest weight black or white.
   *
   * @throws GraphException if the first layer is no convolution of 1 or 3 channels
   */
  public static BufferedImage picture(Model model) {
    Node layer = first(model);
    String name = layer.inputs().get(1);
    Shape shape = model.graph().stored().get(name);
    float[] weights = model.weights().get(name).toArray();
    int filters = shape.size(0);
    int channels = shape.size(1);
    int height = shape.size(2);
    int width = shape.size(3);
    int scale = Math.max(1, (CELL + Math.max(height, width) - 1) / Math.max(height, width));
    int columns = (int) Math.ceil(Math.sqrt(filters));
    int rows = (filters + columns - 1) / columns;
    int across = width * scale + GAP;
    int down = height * scale + GAP;
    BufferedImage picture =
        new BufferedImage(columns * across + GAP, rows * down + GAP, BufferedImage.TYPE_INT_RGB);
    boolean isBgr = isBgr(model);
    int length = channels * height * width;
    for (int f = 0; f < filters; f++) {
      float most = 0;
      for (int i = f * length; i < (f + 1) * length; i++) {
        most = Math.max(most, Math.abs(weights[i]));
      }
      int left = GAP + f % columns * across;
      int top = GAP + f / columns * down;
      for (int y = 0; y < height * scale; y++) {
        for (int x = 0; x < width * scale; x++) {
          int at = f * length + y / scale * width + x / scale;
          int rgb = 0;
          for (int colour = 0; colour < 3; colour++) {
            int c = channels == 1 ? 0 : isBgr ? 2 - colour : colour;
            rgb = rgb << 8 | level(weights[at + c * height * width], most);
          }
          picture.setRGB(left + x, top + y, rgb);
        }
      }
    }
    return picture;
  }

  private static int level(float weight, float most) {
    return most == 0 ? 128 : Math.round(127.5f * (1 + weight / most));
  }

  private static boolean isBgr(Model model) {
    Preprocessing preprocessing = model.metadata().preprocessing();
    return preprocessing != null && preprocessing.channels() == Preprocessing.Channels.BGR;
  }

  private static Node first(Model model) {
    return model.graph().nodes().stream()
        .filter(node -> node.op() instanceof Conv && !model.graph().parameters(node).isEmpty())
        .findFirst()
        .filter(
            node -> {
              Shape shape = model.graph().stored().get(node.inputs().get(1));
              return shape != null
                  && shape.rank() == 4
                  && (shape.size(1) == 1 || shape.size(1) == 3);
            })
        .orElseThrow(
            () ->
                new GraphException(
                    "the network does not begin with a convolution of 1 or 3 channels, whose"
                        + " filters could be shown"));
  }
}
