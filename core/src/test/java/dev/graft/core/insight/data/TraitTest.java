package dev.graft.core.insight.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.data.picture.Look;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sets the pictures of a class apart beside its subject. */
class TraitTest {

  private static Look flat(int width, int height, int level) {
    BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = picture.createGraphics();
    g.setColor(new Color(level, level, level));
    g.fillRect(0, 0, width, height);
    g.dispose();
    return Look.of(picture);
  }

  private static List<Trait> of(List<Look> looks, int ones) {
    boolean[] isOne = new boolean[looks.size()];
    Arrays.fill(isOne, 0, ones, true);
    return Trait.of(looks, isOne);
  }

  @Test
  void darkerPictures_areToldWithTheShareOfPairs() {
    List<Look> looks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      looks.add(flat(20, 20, 50 + i));
    }
    for (int i = 0; i < 10; i++) {
      looks.add(flat(20, 20, i == 0 ? 50 : 100 + i));
    }
    // Of the ten pairs with the picture of level 50 nine are brighter and one is tied.
    assertThat(of(looks, 10)).containsExactly(new Trait("darker", 0.905));
  }

  @Test
  void sizeAndShape_areTraitsToo_andAlikeOnesHaveNone() {
    List<Look> looks = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      looks.add(i < 12 ? flat(30, 60, 90 + i % 12) : flat(20, 20, 90 + i % 12));
    }
    assertThat(of(looks, 12)).containsExactly(new Trait("larger", 1), new Trait("taller", 1));
    assertThat(of(looks.subList(0, 12), 6)).isEmpty();
  }
}
