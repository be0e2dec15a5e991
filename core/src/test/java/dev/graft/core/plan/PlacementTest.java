package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlacementTest {

  @Test
  void whatLivesAtTheSameTime_doesNotOverlap() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      int steps = 1 + random.nextInt(2000);
      List<Slot> slots = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        Slot slot = Slot.of(Shape.of(random.nextInt(10) == 0 ? 0 : random.nextInt(2000)));
        int first = random.nextInt(steps);
        slot.touch(first);
        slot.touch(Math.min(steps - 1, first + random.nextInt(random.nextInt(steps) + 1)));
        slots.add(slot);
      }
      int capacity = random.nextBoolean() ? Integer.MAX_VALUE - 15 : 16_000;
      int[] chunks = Placement.of(slots, capacity);
      for (Slot a : slots) {
        assertThat(a.offset() % Arena.ALIGNMENT).isZero();
        assertThat(a.offset() + a.elements()).isLessThanOrEqualTo(chunks[a.chunk()]);
        assertThat(chunks[a.chunk()]).isLessThanOrEqualTo(capacity);
        for (Slot b : slots) {
          boolean together = a != b && a.first() <= b.last() && b.first() <= a.last();
          boolean overlap =
              a.chunk() == b.chunk()
                  && a.offset() < b.offset() + b.elements()
                  && b.offset() < a.offset() + a.elements();
          if (together && a.elements() > 0 && b.elements() > 0) {
            assertThat(overlap).as("seed %d", seed).isFalse();
          }
        }
      }
    }
  }

  @Test
  void aGapIsFilled() {
    // Two long lives with a short one between them; what follows the short one takes its place.
    Slot[] slots = {slot(64, 0, 9), slot(32, 0, 4), slot(32, 5, 9), slot(16, 5, 5)};
    assertThat(Placement.of(List.of(slots), 1024)).containsExactly(64 + 32 + 16);
    assertThat(slots[1].offset()).isEqualTo(slots[2].offset());
  }

  private static Slot slot(int elements, int first, int last) {
    Slot slot = Slot.of(Shape.of(elements));
    slot.touch(first);
    slot.touch(last);
    return slot;
  }
}
