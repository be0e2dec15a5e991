package dev.graft.core.insight;

import dev.graft.core.graph.Preprocessing;
import dev.graft.core.graph.Preprocessing.Channels;
import dev.graft.core.graph.Preprocessing.Layout;
import java.awt.image.BufferedImage;

/**
 * A picture as a network receives it: cropped, scaled, its levels mapped back to what they were.
 */
public final class NetworkView {

  private NetworkView() {}

  /**
   * Undoes the mapping of levels, and nothing else.
   *
   * @param p what made the input
   * @param input of {@link Preprocessing#item}'s shape, row-major
   * @return in RGB, of the input's size
   */
  public static BufferedImage of(Preprocessing p, float[] input) {
    BufferedImage picture = new BufferedImage(p.width(), p.height(), BufferedImage.TYPE_INT_RGB);
    int plane = p.width() * p.height();
    int channels = p.channels().count();
    boolean isFirst = p.layout() == Layout.CHANNELS_FIRST;
    for (int i = 0; i < plane; i++) {
      int rgb = 0;
      for (int colour = 0; colour < 3; colour++) {
        int c = channels == 1 ? 0 : p.channels() == Channels.BGR ? 2 - colour : colour;
        float value = input[isFirst ? c * plane + i : i * channels + c];
        long level = Math.round(value * p.deviation().get(c) + p.mean().get(c));
        rgb = rgb << 8 | (int) Math.max(0, Math.min(255, level));
      }
      picture.setRGB(i % p.width(), i / p.width(), rgb);
    }
    return picture;
  }
}
