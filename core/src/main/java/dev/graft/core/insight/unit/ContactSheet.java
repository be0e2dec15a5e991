package dev.graft.core.insight.unit;

import dev.graft.core.data.UnreadableException;
import dev.graft.core.data.picture.Pictures;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;

/** Pictures in rows: one for each unit, the one that it answers to most on the left. */
public final class ContactSheet {

  private static final int SIDE = 112;
  private static final int GAP = 4;

  private ContactSheet() {}

  /** As many rows as units, at least one; a picture that can no longer be read is left dark. */
  public static BufferedImage of(List<Strongest> units, Pictures pictures) {
    int columns = units.stream().mapToInt(one -> one.pictures().size()).max().orElse(1);
    int rows = Math.max(1, units.size());
    BufferedImage sheet =
        new BufferedImage(
            columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = sheet.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    for (int row = 0; row < units.size(); row++) {
      List<Integer> shown = units.get(row).pictures();
      for (int column = 0; column < shown.size(); column++) {
        draw(g, pictures, shown.get(column), GAP + column * (SIDE + GAP), GAP + row * (SIDE + GAP));
      }
    }
    g.dispose();
    return sheet;
  }

  /** Its middle square. */
  private static void draw(Graphics2D g, Pictures pictures, int index, int left, int top) {
    BufferedImage picture;
    try {
      picture = pictures.read(index);
    } catch (UnreadableException e) {
      return;
    }
    int side = Math.min(picture.getWidth(), picture.getHeight());
    int x = (picture.getWidth() - side) / 2;
    int y = (picture.getHeight() - side) / 2;
    g.drawImage(picture, left, top, left + SIDE, top + SIDE, x, y, x + side, y + side, null);
  }
}
