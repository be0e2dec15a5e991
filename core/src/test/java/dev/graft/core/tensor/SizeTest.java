package dev.graft.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Arithmetic with sizes that are not known yet. */
class SizeTest {

  private static final Size N = Size.BATCH;
  private static final Size H = Size.open("height", "x.2");

  @Test
  void numbers_areComputed() {
    assertThat(Size.of(7).plus(3).times(Size.of(2)).over(3)).isEqualTo(Size.of(6));
    assertThat(Size.of(-1).over(2).known()).isEqualTo(-1);
    assertThat(Size.of(0)).isEqualTo(N.minus(N));
  }

  @Test
  void equalByArithmetic_isEqual() {
    assertThat(N.times(H).plus(N)).isEqualTo(H.plus(1).times(N));
    assertThat(N.times(Size.of(512)).over(512)).isEqualTo(N);
    assertThat(N.times(H).times(Size.of(6)).over(H.times(Size.of(2))))
        .isEqualTo(N.times(Size.of(3)));
    // As a convolution of 3 with stride 1 and pads of 1 has it.
    assertThat(H.plus(2 - 2 - 1).over(1).plus(1)).isEqualTo(H);
  }

  @Test
  void whatHasNoArithmetic_isAnUnknownOfItsOwn() {
    Size half = H.plus(-1).over(2);
    assertThat(half).isEqualTo(H.plus(-1).over(2)).isNotEqualTo(H.over(2));
    assertThat(half.plus(1)).hasToString("(height-1)/2+1");
    assertThat(half.isKnown()).isFalse();
    assertThatThrownBy(half::known)
        .isInstanceOf(OpenSizeException.class)
        .hasMessageContaining("(height-1)/2");
  }

  @Test
  void twoAxes_areTwoSizes_howeverTheyAreCalled() {
    Size other = Size.open("height", "y.2");
    assertThat(other).isNotEqualTo(H).hasToString("height");
    assertThat(other.mayEqual(H)).isTrue();
  }

  @Test
  void mayEqual_isFalseWhereArithmeticTells() {
    assertThat(H.mayEqual(H.plus(1))).isFalse();
    assertThat(H.mayEqual(N)).isTrue();
    assertThat(Size.of(3).mayEqual(Size.of(4))).isFalse();
    assertThat(H.mayEqual(Size.of(4))).isTrue();
  }

  @Test
  void texts_areReadable() {
    assertThat(N.times(Size.of(16))).hasToString("16*N");
    assertThat(H.times(N).minus(Size.of(2))).hasToString("N*height-2");
    assertThat(Size.of(0)).hasToString("0");
    assertThat(Shape.ofSizes(N, Size.of(3), H)).hasToString("[N,3,height]");
  }

  @Test
  void openShapes_giveNoNumbers() {
    Shape open = Shape.ofSizes(N, Size.of(3), H);
    assertThat(open.isOpen()).isTrue();
    assertThat(open.size(1)).isEqualTo(3);
    assertThat(open.product(0, 3)).isEqualTo(N.times(H).times(Size.of(3)));
    for (Runnable asks :
        new Runnable[] {open::elements, open::toArray, open::strides, () -> open.size(0)}) {
      assertThatThrownBy(asks::run)
          .isInstanceOf(OpenSizeException.class)
          .hasMessageContaining("[N,3,height]");
    }
    assertThat(open.with(0, 2).with(2, 5)).isEqualTo(Shape.of(2, 3, 5));
  }

  @Test
  void broadcasting_takesOpenSizesToFit() {
    Shape open = Shape.ofSizes(N, Size.of(3), H);
    assertThat(Shape.broadcast(open, Shape.of(3, 1))).isEqualTo(open);
    assertThat(Shape.broadcast(Shape.of(1, 1, 7), open)).isEqualTo(open.with(2, 7));
    assertThatThrownBy(() -> Shape.broadcast(open, Shape.of(4, 1)))
        .isInstanceOf(ShapeException.class);
  }
}
