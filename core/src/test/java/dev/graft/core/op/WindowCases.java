package dev.graft.core.op;

import static dev.graft.core.op.Values.DISTINCT;

import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.ConvTranspose;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import java.util.List;

/** Cases of the operations that slide a window: convolutions and poolings. */
final class WindowCases {

  private WindowCases() {}

  private static final Window SAME = Window.square(3, 1, 1);

  /** Another size, stride, dilation and pad on every side. */
  static final Window CROOKED = crooked(3);

  /** The same with a smaller pad, so that every window holds an element that can be the largest. */
  private static final Window CROOKED_MAX = crooked(1);

  static List<OpCase> convolutions() {
    return List.of(
        conv("pad 1", SAME, 1).with(2, 3, 5, 4).with(4, 3, 3, 3).with(4),
        conv("no bias", SAME, 1).with(2, 2, 4, 5).with(3, 2, 3, 3),
        conv("1x1", Window.square(1, 1, 0), 1).with(2, 3, 3, 4).with(5, 3, 1, 1).with(5),
        conv("1x1 stride 2", Window.square(1, 2, 0), 1).with(2, 2, 5, 4).with(3, 2, 1, 1),
        conv("stride 2", Window.square(3, 2, 1), 1).with(1, 2, 7, 6).with(3, 2, 3, 3).with(3),
        conv("stride beyond kernel", Window.square(2, 3, 0), 1).with(1, 2, 7, 8).with(2, 2, 2, 2),
        conv("crooked", CROOKED, 1).with(2, 2, 6, 5).with(3, 2, 3, 2).with(3),
        conv("dilation", dilated(2, 2), 1).with(1, 2, 7, 6).with(2, 2, 3, 3).with(2),
        conv("groups", SAME, 2).with(2, 4, 4, 3).with(6, 2, 3, 3).with(6),
        conv("groups crooked", CROOKED, 2).with(1, 4, 5, 5).with(2, 2, 3, 2),
        conv("depthwise", SAME, 4).with(2, 4, 5, 4).with(4, 1, 3, 3).with(4),
        conv("depthwise stride 2", Window.square(3, 2, 1), 3)
            .with(2, 3, 6, 5)
            .with(3, 1, 3, 3)
            .with(3),
        conv("depthwise multiplier 2", SAME, 3).with(1, 3, 4, 4).with(6, 1, 3, 3).with(6),
        conv("depthwise dilation", dilated(2, 0), 2).with(1, 2, 7, 7).with(2, 1, 3, 3),
        conv("same upper", auto(AutoPad.SAME_UPPER, 2), 1).with(1, 2, 5, 6).with(2, 2, 2, 3),
        conv("same lower", auto(AutoPad.SAME_LOWER, 2), 1).with(1, 2, 6, 5).with(2, 2, 2, 3),
        conv("valid", auto(AutoPad.VALID, 1), 1).with(1, 2, 4, 5).with(2, 2, 2, 3).with(2),
        conv("one axis", line(3, 2, 1, 2), 1).with(2, 3, 7).with(4, 3, 3).with(4),
        conv("one axis depthwise", line(2, 1, 0, 1), 3).with(2, 3, 5).with(3, 1, 2),
        conv("padding wider than kernel", Window.square(2, 1, 3), 1)
            .with(1, 1, 2, 2)
            .with(2, 1, 2, 2)
            .with(2),
        conv("empty batch", SAME, 1).with(0, 2, 4, 4).with(3, 2, 3, 3).with(3),
        conv("empty batch depthwise", SAME, 2).with(0, 2, 4, 4).with(2, 1, 3, 3));
  }

  static List<OpCase> transposedConvolutions() {
    Window stride2 = Window.square(3, 2, 1);
    return List.of(
        transposed("stride 2", stride2, List.of(1, 0), 1).with(2, 3, 3, 2).with(3, 2, 3, 3).with(2),
        transposed("no bias", SAME, List.of(0, 0), 1).with(1, 2, 3, 4).with(2, 3, 3, 3),
        transposed("crooked", CROOKED_MAX, List.of(0, 0), 1).with(1, 2, 4, 5).with(2, 2, 3, 2),
        transposed("groups", stride2, List.of(0, 0), 2).with(1, 4, 3, 3).with(4, 2, 3, 3).with(4),
        transposed("depthwise", stride2, List.of(0, 0), 3).with(1, 3, 3, 2).with(3, 1, 3, 3),
        transposed("one axis", line(3, 2, 1, 1), List.of(1), 1).with(2, 2, 4).with(2, 3, 3).with(3),
        transposed("empty batch", SAME, List.of(0, 0), 1).with(0, 2, 3, 3).with(2, 2, 3, 3));
  }

  private static OpCase transposed(String name, Window window, List<Integer> padding, int groups) {
    return OpCase.of("ConvTranspose " + name, new ConvTranspose(window, padding, groups));
  }

  static List<OpCase> poolings() {
    return List.of(
        max("2x2", Window.square(2, 2, 0)).with(DISTINCT, 2, 2, 4, 6),
        max("overlapping", Window.square(3, 1, 1)).with(DISTINCT, 1, 2, 4, 5),
        max("3x3 stride 2", Window.square(3, 2, 1)).with(DISTINCT, 1, 2, 7, 6),
        max("crooked", CROOKED_MAX).with(DISTINCT, 1, 2, 6, 5),
        max("ceil", ceil(3, 2, 0)).with(DISTINCT, 1, 2, 6, 8),
        max("ceil drops a window in the padding", ceil(2, 2, 1)).with(DISTINCT, 1, 1, 5, 4),
        max("same upper", auto(AutoPad.SAME_UPPER, 2)).with(DISTINCT, 1, 2, 5, 6),
        max("same lower", auto(AutoPad.SAME_LOWER, 2)).with(DISTINCT, 1, 2, 6, 5),
        max("one axis", line(3, 2, 1, 1)).with(DISTINCT, 2, 2, 7),
        max("empty batch", Window.square(2, 2, 0)).with(DISTINCT, 0, 2, 4, 4),
        average("2x2", Window.square(2, 2, 0), false).with(2, 2, 4, 6),
        average("pad counted", Window.square(3, 2, 1), true).with(1, 2, 7, 6),
        average("pad not counted", Window.square(3, 2, 1), false).with(1, 2, 7, 6),
        average("crooked counted", CROOKED, true).with(1, 2, 6, 5),
        average("crooked not counted", CROOKED, false).with(1, 2, 6, 5),
        average("ceil counted", ceil(3, 2, 1), true).with(1, 2, 6, 8),
        average("ceil not counted", ceil(3, 2, 1), false).with(1, 2, 6, 8),
        average("same upper", auto(AutoPad.SAME_UPPER, 2), false).with(1, 2, 5, 6),
        average("same lower counted", auto(AutoPad.SAME_LOWER, 2), true).with(1, 2, 6, 5),
        average("one axis", line(3, 2, 1, 1), true).with(2, 2, 7),
        average("windows in the padding alone", Window.square(2, 1, 3), false).with(1, 1, 2, 2),
        OpCase.of("GlobalAveragePool", new GlobalAveragePool()).with(2, 3, 4, 5),
        OpCase.of("GlobalAveragePool one axis", new GlobalAveragePool()).with(2, 3, 4),
        OpCase.of("GlobalMaxPool", new GlobalMaxPool()).with(DISTINCT, 2, 3, 4, 5),
        OpCase.of("GlobalMaxPool one axis", new GlobalMaxPool()).with(DISTINCT, 2, 3, 4));
  }

  private static Window crooked(int right) {
    return new Window(
        List.of(3, 2),
        List.of(2, 1),
        List.of(1, 2),
        List.of(1, 0, 2, right),
        AutoPad.NOTSET,
        false);
  }

  private static OpCase conv(String name, Window window, int groups) {
    return OpCase.of("Conv " + name, new Conv(window, groups));
  }

  private static OpCase max(String name, Window window) {
    return OpCase.of("MaxPool " + name, new MaxPool(window));
  }

  private static OpCase average(String name, Window window, boolean countIncludePad) {
    return OpCase.of("AveragePool " + name, new AveragePool(window, countIncludePad));
  }

  /** A 3x3 window with gaps. */
  private static Window dilated(int dilation, int pad) {
    return new Window(
        List.of(3, 3),
        List.of(1, 1),
        List.of(dilation, dilation),
        List.of(pad, pad, pad, pad),
        AutoPad.NOTSET,
        false);
  }

  /** A 2x3 window whose pads follow from the input. */
  static Window auto(AutoPad autoPad, int stride) {
    return new Window(
        List.of(2, 3), List.of(stride, stride), List.of(1, 1), List.of(0, 0, 0, 0), autoPad, false);
  }

  private static Window ceil(int kernel, int stride, int pad) {
    Window floor = Window.square(kernel, stride, pad);
    return new Window(
        floor.kernel(), floor.strides(), floor.dilations(), floor.pads(), AutoPad.NOTSET, true);
  }

  private static Window line(int kernel, int stride, int before, int after) {
    return new Window(
        List.of(kernel),
        List.of(stride),
        List.of(1),
        List.of(before, after),
        AutoPad.NOTSET,
        false);
  }
}
