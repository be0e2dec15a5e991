package dev.graft.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.PRelu;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Expand;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.PadMode;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.SliceLike;
import dev.graft.core.op.layout.Split;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Attention;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.ConvTranspose;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.logic.Where;
import dev.graft.core.op.loss.ClassIndicator;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.loss.SigmoidCrossEntropy;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.normalization.GroupNormalization;
import dev.graft.core.op.normalization.InstanceNormalization;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.op.normalization.RmsNormalization;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.op.recurrent.Activation;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Gru;
import dev.graft.core.op.recurrent.Lstm;
import dev.graft.core.op.recurrent.Rnn;
import dev.graft.core.op.reduction.ReduceMax;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.op.reduction.ReduceSum;
import dev.graft.core.op.resizing.Coordinates;
import dev.graft.core.op.resizing.Interpolation;
import dev.graft.core.op.resizing.Nearest;
import dev.graft.core.op.resizing.Resize;
import dev.graft.core.op.resizing.Target;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shapes that do not fit are refused before anything runs, and the message names what differs. */
class ShapeErrorTest {

  private static final Window WINDOW = Window.square(3, 1, 0);
  private static final Op LSTM = Lstm.of(2, Direction.FORWARD);
  private static final Op GRU = Gru.of(2, Direction.FORWARD, true);
  private static final Op RNN = Rnn.of(2, Direction.FORWARD);
  private static final Op NORM = new BatchNormalization(1e-5, 0.9, false);

  /**
   * Inputs that an operation refuses.
   *
   * @param named what the message must contain: what was found and what was expected
   */
  record Wrong(Op op, List<Shape> inputs, List<String> named) {

    static Wrong of(Op op, int[]... shapes) {
      return new Wrong(op, Stream.of(shapes).map(Shape::of).toList(), List.of());
    }

    Wrong names(String... parts) {
      return new Wrong(op, inputs, List.of(parts));
    }
  }

  static Stream<Wrong> wrong() {
    return Stream.of(
            weighted(),
            binary(),
            windows(),
            unary(),
            pairwise(),
            withinSamples(),
            axes(),
            layouts())
        .flatMap(List::stream);
  }

  private static List<Wrong> weighted() {
    return List.of(
        Wrong.of(new Conv(WINDOW, 1), s(1, 1, 8, 8), s(64, 3, 3, 3))
            .names("1 channel,", "[64,3,3,3] expects 3"),
        Wrong.of(new Conv(WINDOW, 2), s(1, 3, 8, 8), s(4, 2, 3, 3))
            .names("3 channels", "[4,2,3,3] in 2 groups expects 4"),
        Wrong.of(new Conv(WINDOW, 3), s(1, 3, 8, 8), s(4, 1, 3, 3)).names("3 groups", "[4,1,3,3]"),
        Wrong.of(new Conv(WINDOW, 1), s(1, 3, 8, 8), s(4, 3, 5, 5)).names("[4,3,5,5]", "[3, 3]"),
        Wrong.of(new Conv(WINDOW, 1), s(1, 3, 8, 8), s(4, 3, 3, 3), s(5)).names("[5]", "4 output"),
        Wrong.of(new Conv(WINDOW, 1), s(1, 3, 8), s(4, 3, 3, 3)).names("[N,C,H,W]", "[1,3,8]"),
        Wrong.of(new Conv(WINDOW, 1), s(1, 3, 2, 8), s(4, 3, 3, 3))
            .names("kernel of 3", "input of 2", "larger image"),
        Wrong.of(new MatMul(), s(2, 3), s(4, 5)).names("[2,3]", "[4,5]", "3 features"),
        Wrong.of(new MatMul(), s(2, 3, 4), s(3, 4, 5)).names("[2]", "[3]", "broadcast"),
        Wrong.of(new MatMul(), s(), s(3)).names("[]", "[3]"),
        Wrong.of(new Gemm(1, 1, false, true), s(2, 3), s(5, 4))
            .names("[2,3]", "[5,4]", "expects 4"),
        Wrong.of(new Gemm(1, 1, false, false), s(2, 3), s(3)).names("[2,3]", "[3]"),
        Wrong.of(new Gemm(1, 1, false, false), s(2, 3), s(3, 5), s(4)).names("[4]", "[2,5]"),
        Wrong.of(new Gemm(1, 1, false, false), s(1, 3), s(3, 1), s(5)).names("[5]", "[1,1]"),
        Wrong.of(NORM, s(2, 3, 4), s(3), s(3), s(3), s(4)).names("3 channels", "[4]"),
        Wrong.of(NORM, s(3), s(3), s(3), s(3), s(3)).names("[N,C,…]", "[3]"));
  }

  private static List<Wrong> binary() {
    return List.of(
        Wrong.of(new Add(), s(2, 3), s(2, 4)).names("[2,3]", "[2,4]", "3 against 4"),
        Wrong.of(new Sub(), s(2, 3), s(3, 2)).names("[2,3]", "[3,2]"),
        Wrong.of(new Mul(), s(2, 3, 4), s(2)).names("[2,3,4]", "[2]"),
        Wrong.of(new Div(), s(0, 3), s(2, 3)).names("[0,3]", "[2,3]"),
        Wrong.of(new WeightedSum(List.of(1.0, 2.0)), s(2), s(1)).names("[2]", "[1]"),
        Wrong.of(new Concat(1), s(2, 3), s(3, 3)).names("[2,3]", "[3,3]", "axis 1"),
        Wrong.of(new Concat(0), s(2, 3), s(2)).names("[2,3]", "[2]"),
        Wrong.of(new Gather(2), s(2, 3), s(1)).names("axis 2", "[2,3]"),
        Wrong.of(new Split(1, List.of(1, 1)), s(2, 3)).names("[1, 1]", "axis 1", "[2,3]"),
        Wrong.of(LSTM, s(4, 3), s(1, 8, 3), s(1, 8, 2)).names("[4,3]", "[steps,samples,features]"),
        Wrong.of(LSTM, s(4, 1, 3), s(1, 8, 2), s(1, 8, 2)).names("[1,8,2]", "[1,8,3]"),
        Wrong.of(LSTM, s(4, 1, 3), s(1, 8, 3), s(2, 8, 2)).names("recurrent", "[2,8,2]", "[1,8,2]"),
        Wrong.of(LSTM, s(4, 1, 3), s(1, 8, 3), s(1, 8, 2), s(1, 6))
            .names("bias", "[1,6]", "[1,16]"),
        Wrong.of(GRU, s(4, 1, 3), s(1, 8, 3), s(1, 6, 2)).names("GRU", "[1,8,3]", "[1,6,3]"),
        Wrong.of(RNN, s(4, 1, 3), s(1, 2, 3), s(1, 2, 3)).names("RNN", "[1,2,3]", "[1,2,2]"),
        Wrong.of(new SoftmaxCrossEntropy(0), s(2, 3), s(2, 4)).names("[2,3]", "[2,4]"),
        Wrong.of(new Distillation(4), s(2, 3), s(2, 4)).names("[2,3]", "[2,4]", "head"),
        Wrong.of(new SoftmaxCrossEntropy(0), s(2, 3, 4, 4), s(2, 4)).names("[2,3,4,4]", "[2,4]"),
        Wrong.of(new SigmoidCrossEntropy(), s(2, 1), s(2)).names("[2,1]", "[2]"),
        Wrong.of(new MeanSquaredError(), s(2, 1), s(2)).names("[2,1]", "[2]"));
  }

  private static List<Wrong> windows() {
    return List.of(
        Wrong.of(new MaxPool(WINDOW), s(1, 2, 3)).names("MaxPool", "[N,C,H,W]", "[1,2,3]"),
        Wrong.of(new AveragePool(WINDOW, true), s(1, 2, 3)).names("AveragePool", "[1,2,3]"),
        Wrong.of(new MaxPool(WINDOW), s(1, 2, 3, 2)).names("kernel of 3", "input of 2"),
        Wrong.of(new GlobalAveragePool(), s(1, 2)).names("[N,C,spatial…]", "[1,2]"),
        Wrong.of(new GlobalMaxPool(), s(1, 2)).names("[N,C,spatial…]", "[1,2]"));
  }

  private static List<Wrong> unary() {
    Stream<Op> functions =
        OpCases.all().stream().map(OpCase::op).filter(Elementwise.class::isInstance);
    return Stream.concat(functions, Stream.of(new Dropout(0.5, true), new Identity(), new Cast()))
        .distinct()
        .map(op -> Wrong.of(op, s(2), s(2)).names(op.type(), "1 inputs", "found 2"))
        .toList();
  }

  private static List<Wrong> pairwise() {
    return OpCases.all().stream()
        .map(OpCase::op)
        .filter(Pairwise.class::isInstance)
        .distinct()
        .map(op -> Wrong.of(op, s(2, 3), s(2, 4)).names("[2,3]", "[2,4]", "3 against 4"))
        .toList();
  }

  private static List<Wrong> withinSamples() {
    Resize resize =
        new Resize(Target.sizes(0, 2), Interpolation.LINEAR, Coordinates.HALF_PIXEL, Nearest.FLOOR);
    ConvTranspose conv = new ConvTranspose(WINDOW, List.of(0, 0), 1);
    return List.of(
        Wrong.of(resize, s(2, 3, 4)).names("2 axes", "[2,3,4]"),
        Wrong.of(resize, s(2, 0)).names("[2,0]", "axis 1"),
        Wrong.of(conv, s(1, 2, 4, 4), s(3, 2, 3, 3)).names("2 channels", "[3,2,3,3] expects 3"),
        Wrong.of(conv, s(1, 3, 4, 4), s(3, 2, 5, 3)).names("[3,2,5,3]", "[3, 3]"),
        Wrong.of(conv, s(1, 3, 4, 4), s(3, 2, 3, 3), s(3)).names("[3]", "2 output channels"),
        Wrong.of(
                new ConvTranspose(Window.square(3, 1, 4), List.of(0, 0), 1),
                s(1, 3, 4, 4),
                s(3, 2, 3, 3))
            .names("size of -2", "[1,3,4,4]"),
        Wrong.of(new PRelu(), s(2, 3), s(2, 2, 3)).names("[2,3]", "[2,2,3]"),
        Wrong.of(new LayerNormalization(-1, 1e-5), s(2, 3), s(2)).names("[2,3]", "[3]", "[2]"),
        Wrong.of(new RmsNormalization(-1, 1e-5), s(2, 3), s(2)).names("[2,3]", "[3]", "[2]"),
        Wrong.of(new GroupNormalization(2, 1e-5), s(2, 3), s(3), s(3)).names("2 groups", "[2,3]"),
        Wrong.of(new InstanceNormalization(1e-5), s(2, 3, 4), s(3), s(4))
            .names("3 channels", "[4]"));
  }

  private static List<Wrong> axes() {
    return List.of(
        Wrong.of(new Softmax(2), s(2, 3)).names("axis 2", "[2,3]"),
        Wrong.of(new LogSoftmax(-3), s(2, 3)).names("axis -3", "[2,3]"),
        Wrong.of(new Concat(2), s(2, 3)).names("axis 2", "[2,3]"),
        Wrong.of(new ReduceSum(List.of(1, 2), true), s(2, 3)).names("axis 2", "[2,3]"),
        Wrong.of(new ReduceMax(List.of(-3), true), s(2, 3)).names("axis -3", "[2,3]"),
        Wrong.of(new Expand(List.of(4, 3)), s(2, 3)).names("[2,3]", "[4,3]"),
        Wrong.of(new Where(), s(2), s(3), s(1)).names("[2]", "[3]"),
        Wrong.of(new ReduceMean(List.of(1, 2), true), s(2, 3)).names("axis 2", "[2,3]"),
        Wrong.of(new Flatten(3), s(2, 3)).names("axis 3", "[2,3]"),
        Wrong.of(new Squeeze(List.of(1)), s(2, 3)).names("axis 1", "found 3", "[2,3]"),
        Wrong.of(new Squeeze(List.of(2)), s(2, 3)).names("axis 2", "[2,3]"),
        Wrong.of(new Unsqueeze(List.of(4)), s(2, 3)).names("[4]", "[2,3]"),
        Wrong.of(new Unsqueeze(List.of(0, -3)), s(2)).names("[0, -3]", "[2]"),
        Wrong.of(new Transpose(List.of(0, 0)), s(2, 3)).names("[0, 0]", "[2,3]"),
        Wrong.of(new Transpose(List.of(1, 0)), s(2, 3, 4)).names("[1, 0]", "[2,3,4]"),
        Wrong.of(new Transpose(List.of(0, -1)), s(2, 3)).names("[0, -1]", "[2,3]"));
  }

  private static List<Wrong> layouts() {
    List<Long> zero = List.of(0L);
    List<Activation> two = List.of(Activation.SIGMOID, Activation.TANH);
    assertRefused(() -> new Lstm(3, Direction.FORWARD, two, 1), "3 activations");
    assertRefused(() -> Lstm.of(0, Direction.BIDIRECTIONAL), "found 0");
    List<Long> one = List.of(1L);
    List<Long> twice = List.of(1L, 1L);
    return List.of(
        Wrong.of(new Slice(zero, one, List.of(2), one), s(2, 3)).names("axis 2", "[2,3]"),
        Wrong.of(new Slice(twice, twice, List.of(0, -2), twice), s(2, 3))
            .names("[0, -2]", "twice", "[2,3]"),
        Wrong.of(new SliceLike(0, 1), s(2, 3), s(1, 3)).names("[2,3]", "shorter", "has 3"),
        Wrong.of(new Attention(2, 1), s(2, 3, 4), s(2, 5, 6), s(2, 5, 4))
            .names("2 heads", "[2,3,4]", "[2,5,6]"),
        Wrong.of(new Attention(3, 1), s(2, 3, 4), s(2, 5, 4), s(2, 5, 4)).names("3 heads"),
        Wrong.of(new Attention(2, 1), s(2, 3, 4), s(2, 5, 4), s(2, 5, 4), s(3, 4))
            .names("mask", "[2,2,3,5]", "found [3,4]"),
        Wrong.of(new ClassIndicator(3), s(2, 3)).names("ClassIndicator", "[N]", "[2,3]"),
        Wrong.of(new Reshape(List.of(2, 4)), s(2, 3)).names("[2, 4]", "[2,3]", "6 elements"),
        Wrong.of(new Reshape(List.of(4, -1)), s(2, 3)).names("[4, -1]", "[2,3]"),
        Wrong.of(new Reshape(List.of(-1, -1)), s(2, 3)).names("[-1, -1]", "[2,3]"),
        Wrong.of(new Reshape(List.of(6, 1, 0)), s(2, 3)).names("[6, 1, 0]", "[2,3]"),
        Wrong.of(new Reshape(List.of(-1, 1 << 16, 1 << 16, 1 << 16, 1 << 16)), s(2, 3))
            .names("65536", "[2,3]"),
        Wrong.of(new Pad(List.of(1, 1), 0), s(2, 3)).names("[2,3]", "found 2"),
        Wrong.of(new Pad(List.of(0, 1), PadMode.EDGE, 0), s(0)).names("[0]", "nothing to repeat"),
        Wrong.of(new Pad(List.of(-2, 0, -1, 0), 0), s(2, 3)).names("[2,3]", "-1"));
  }

  private static int[] s(int... sizes) {
    return sizes;
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void wrongShapes_areRefusedByName(Wrong wrong) {
    assertThatThrownBy(() -> wrong.op().outputShapes(wrong.inputs()))
        .isInstanceOf(ShapeException.class)
        .satisfies(e -> assertThat(e.getMessage()).contains(wrong.named()));
  }

  @Test
  void everyOp_refusesSomething() {
    Set<Class<?>> refusing = wrong().map(w -> w.op().getClass()).collect(Collectors.toSet());
    Set<Class<?>> all =
        OpCases.all().stream().map(c -> c.op().getClass()).collect(Collectors.toSet());
    assertThat(refusing).isEqualTo(all);
  }

  @ParameterizedTest
  @MethodSource("dev.graft.core.op.OpCases#all")
  void oneInputTooMany_isRefused(OpCase c) {
    List<Shape> tooMany =
        Stream.generate(() -> c.shapes().get(0)).limit(c.inputs().size() + 5L).toList();
    if (!(c.op() instanceof Concat)) {
      assertThatThrownBy(() -> c.op().outputShapes(tooMany))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining(c.op().type())
          .hasMessageContaining("found " + tooMany.size());
    }
    assertThatThrownBy(() -> c.op().outputShapes(List.of()))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("found 0");
  }

  @Test
  void moreElementsThanAnArrayHolds_areRefused() {
    Shape column = Shape.of(1 << 16, 1);
    Shape row = Shape.of(1, 1 << 16);
    Shape large = Shape.of(1, 1 << 30);
    for (Wrong wrong :
        List.of(
            new Wrong(new Add(), List.of(column, row), List.of()),
            new Wrong(new MatMul(), List.of(column, row), List.of()),
            new Wrong(new Gemm(1, 1, false, false), List.of(column, row), List.of()),
            new Wrong(new Concat(1), List.of(large, large), List.of()),
            new Wrong(new Concat(0), List.of(large, large), List.of()),
            new Wrong(new Pad(List.of(1, 0, 0, 1 << 30), 0), List.of(large), List.of()),
            new Wrong(new Pad(List.of(0, 1 << 30, 0, 1 << 30), 0), List.of(large), List.of()))) {
      assertThatThrownBy(() -> wrong.op().outputShapes(wrong.inputs()))
          .as(wrong.toString())
          .isInstanceOf(ShapeException.class);
    }
  }

  @Test
  void attributesOutOfRange_areRefused() {
    assertRefused(() -> new Dropout(1, true), "1.0");
    assertRefused(() -> new Dropout(Double.NaN, true), "NaN");
    assertRefused(() -> new LeakyRelu(-0.1), "-0.1");
    assertRefused(() -> new SoftmaxCrossEntropy(1), "1.0");
    assertRefused(() -> new Distillation(0), "0.0");
    assertRefused(() -> new Distillation(Double.POSITIVE_INFINITY), "Infinity");
    assertRefused(() -> new WeightedSum(List.of()), "at least one");
    assertRefused(() -> Window.square(0, 1, 0), "[0, 0]");
    assertRefused(() -> Window.square(1, 0, 0), "strides [0, 0]");
    assertRefused(() -> Window.square(1, 1, -1), "-1");
    List<Long> one = List.of(1L);
    assertRefused(() -> new Slice(one, one, List.of(0), List.of(0L)), "[0]");
    assertRefused(() -> new Slice(one, one, List.of(0, 1), one), "[0, 1]");
  }

  private static void assertRefused(Runnable constructor, String found) {
    assertThatThrownBy(constructor::run)
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining(found);
  }
}
