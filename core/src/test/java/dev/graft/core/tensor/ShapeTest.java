package dev.graft.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Sizes, strides and NumPy's broadcasting. */
class ShapeTest {

  @Test
  void elementsBeyondAnInt_areRefused() {
    assertThat(Shape.of(Integer.MAX_VALUE).elements()).isEqualTo(Integer.MAX_VALUE);
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 15))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("[65536,32768]")
        .hasMessageContaining("2^31");
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 16, 1 << 16, 1 << 16))
        .isInstanceOf(ShapeException.class);
  }

  @Test
  void emptyShapes_areRefusedWhereTheirStridesOverflow() {
    // Whatever the order of the sizes: a stride or a partial product would wrap around.
    assertThatThrownBy(() -> Shape.of(0, 1 << 16, 1 << 16)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Shape.of(1 << 16, 1 << 16, 0)).isInstanceOf(ShapeException.class);
    assertThat(Shape.of(0, 3, 224, 224).elements()).isZero();
  }

  @Test
  void negativeSizes_areRefused() {
    assertThatThrownBy(() -> Shape.of(2, -1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("-1 in [2,-1]");
  }

  @Test
  void scalar_hasOneElementAndNoAxes() {
    assertThat(Shape.of()).isSameAs(Shape.SCALAR);
    assertThat(Shape.SCALAR.elements()).isEqualTo(1);
    assertThatThrownBy(() -> Shape.SCALAR.axis(0)).isInstanceOf(ShapeException.class);
  }

  @Test
  void broadcast_alignsAtTheLastAxis() {
    assertThat(Shape.broadcast(Shape.of(2, 1, 4), Shape.of(3, 1))).isEqualTo(Shape.of(2, 3, 4));
    assertThat(Shape.broadcast(Shape.SCALAR, Shape.of(2))).isEqualTo(Shape.of(2));
    assertThat(Shape.broadcast(Shape.of(0, 3), Shape.of(1, 3))).isEqualTo(Shape.of(0, 3));
    assertThatThrownBy(() -> Shape.broadcast(Shape.of(0), Shape.of(2)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("[0] and [2]");
  }

  @Test
  void strides_areRowMajor() {
    assertThat(Shape.of(2, 3, 4).strides()).containsExactly(12, 4, 1);
    assertThat(Shape.of(2, 3, 4).elements(1, 3)).isEqualTo(12);
  }
}
