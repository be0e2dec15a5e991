package dev.graft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.graph.Model;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class DrawingsTest {

  @Test
  void everyThing_isDrawn_andNoTwoAreAlike() {
    List<Thing> all = new ArrayList<>(Thing.things());
    all.addAll(Thing.animals());
    assertThat(all).hasSize(32);
    assertThat(new HashSet<>(all.stream().map(Thing::label).toList())).hasSize(32);
    for (Thing thing : all) {
      BufferedImage one = thing.draw(1);
      assertThat(one.getWidth()).isEqualTo(32);
      assertThat(sum(one)).isEqualTo(sum(thing.draw(1))).isNotEqualTo(sum(thing.draw(2)));
    }
    assertThat(new HashSet<>(all.stream().map(thing -> sum(thing.draw(1))).toList())).hasSize(32);
  }

  /** The trunk comes out with the same bits only where the drawings do, on every Java. */
  @Test
  void drawings_haveTheBitsTheyHad() {
    CRC32 sum = new CRC32();
    for (Thing thing : Thing.things()) {
      for (int i = 0; i < 20; i++) {
        long one = sum(thing.draw(i));
        for (int shift = 0; shift < 32; shift += 8) {
          sum.update((int) (one >> shift));
        }
      }
    }
    assertThat(sum.getValue()).isEqualTo(1353880767L);
  }

  @Test
  void trunk_knowsTheThings_andIsSmall() {
    Model trunk = Trunk.shipped();
    assertThat(trunk.metadata().labels())
        .isEqualTo(Thing.things().stream().map(Thing::label).toList());
    assertThat(trunk.metadata().labels())
        .doesNotContainAnyElementsOf(Thing.animals().stream().map(Thing::label).toList());

    assertThat(trunk.graph().nodes()).hasSameSizeAs(Trunk.fresh(Thing.things(), 1).graph().nodes());
  }

  private static long sum(BufferedImage picture) {
    CRC32 sum = new CRC32();
    for (int i = 0; i < 32 * 32; i++) {
      int rgb = picture.getRGB(i % 32, i / 32);
      sum.update(rgb >> 16);
      sum.update(rgb >> 8);
      sum.update(rgb);
    }
    return sum.getValue();
  }
}
