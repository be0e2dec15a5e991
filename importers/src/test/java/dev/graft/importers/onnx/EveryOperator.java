package dev.graft.importers.onnx;

import dev.graft.core.backend.UnaryOp;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Metadata;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Preprocessing;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Elu;
import dev.graft.core.op.activation.Gelu;
import dev.graft.core.op.activation.HardSigmoid;
import dev.graft.core.op.activation.HardSwish;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Mish;
import dev.graft.core.op.activation.PRelu;
import dev.graft.core.op.activation.Selu;
import dev.graft.core.op.activation.Softplus;
import dev.graft.core.op.activation.Softsign;
import dev.graft.core.op.activation.Swish;
import dev.graft.core.op.arithmetic.Abs;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Atan;
import dev.graft.core.op.arithmetic.Cos;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Erf;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Floor;
import dev.graft.core.op.arithmetic.Log;
import dev.graft.core.op.arithmetic.Max;
import dev.graft.core.op.arithmetic.Min;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Neg;
import dev.graft.core.op.arithmetic.Pow;
import dev.graft.core.op.arithmetic.Reciprocal;
import dev.graft.core.op.arithmetic.Sin;
import dev.graft.core.op.arithmetic.Sqrt;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Cast;
import dev.graft.core.op.layout.Constant;
import dev.graft.core.op.layout.Expand;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Split;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.ConvTranspose;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.logic.And;
import dev.graft.core.op.logic.Equal;
import dev.graft.core.op.logic.Greater;
import dev.graft.core.op.logic.Not;
import dev.graft.core.op.logic.Or;
import dev.graft.core.op.logic.Where;
import dev.graft.core.op.normalization.GroupNormalization;
import dev.graft.core.op.normalization.InstanceNormalization;
import dev.graft.core.op.normalization.LayerNormalization;
import dev.graft.core.op.normalization.RmsNormalization;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
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
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A small network with every operation that a file can hold. */
final class EveryOperator {

  private static final List<Op> FUNCTIONS =
      List.of(
          new Elu(0.5),
          new Gelu(false),
          new HardSigmoid(0.25, 0.5),
          new HardSwish(),
          new Mish(),
          new Selu(1.5, 1.25),
          new Softplus(),
          new Softsign(),
          new Swish(1),
          new Cos(),
          new Erf(),
          new Neg(),
          new Sin(),
          new Abs(),
          new Sqrt(),
          new Reciprocal(),
          new Log());

  private EveryOperator() {}

  static Model model() {
    GraphBuilder g = new GraphBuilder(3);
    String y = g.input("x", Shape.of(2, 7, 6));
    List<Integer> ones = List.of(1, 1);
    y =
        g.conv(
            "conv",
            y,
            4,
            new Window(
                List.of(3, 2),
                List.of(2, 1),
                List.of(1, 2),
                List.of(1, 0, 2, 1),
                AutoPad.NOTSET,
                false),
            2,
            true);
    y = g.relu(g.batchNorm("norm", y));
    y = g.op(new GroupNormalization(2, 0.25), y, ones(g, "groups", 4), ones(g, "group bias", 4));
    y = g.op(new InstanceNormalization(0.5), y, ones(g, "each", 4), ones(g, "each bias", 4));
    y = g.op(new PRelu(), y, ones(g, "slopes", 4, 1, 1));
    Window same =
        new Window(List.of(3, 3), ones, ones, List.of(0, 0, 0, 0), AutoPad.SAME_UPPER, false);
    y = g.add(y, g.op(new LeakyRelu(0.125), g.conv("same", y, 4, same, 4, false)));
    y = g.concat(y, g.sigmoid(y), g.op(new Clip(-0.5, Double.POSITIVE_INFINITY), g.tanh(y)));
    y = g.op(new Mul(), y, g.weight("half", Tensor.of(Shape.SCALAR, 0.5f)));
    y = g.op(new Sub(), y, g.op(new Exp(), g.op(new Clip(-2, 1), y)));
    y = g.op(new Div(), y, g.weight("two", Tensor.of(Shape.of(1), 2)));
    y = g.op(new Pad(List.of(0, 0, 1, 0, 0, 0, 0, 2), 0.25), y);
    Window ceiled =
        new Window(List.of(3, 3), List.of(2, 2), ones, List.of(1, 1, 1, 1), AutoPad.NOTSET, true);
    y = g.op(new AveragePool(Window.square(2, 1, 1), true), g.maxPool(y, ceiled));
    y =
        g.op(
            new Slice(
                List.of(0L, -1L), List.of(3L, Long.MIN_VALUE), List.of(2, 3), List.of(1L, -1L)),
            y);
    Resize resize =
        new Resize(
            Target.sizes(0, 0, 5, 4),
            new Interpolation(Interpolation.Kind.CUBIC, -0.5, true, true),
            Coordinates.HALF_PIXEL_SYMMETRIC,
            Nearest.CEIL);
    y = g.op(resize, y);
    Window spread = Window.square(3, 2, 1);
    String weight = g.weight("spread", counting(Shape.of(12, 1, 3, 3)));
    y = g.op(new ConvTranspose(spread, List.of(1, 0), 12), y, weight);
    String most = g.op(new Squeeze(List.of(3)), g.op(new GlobalMaxPool(), y));
    String mean = g.op(new ReduceMean(List.of(2, 3), true), y);
    String average = g.flatten(g.globalAveragePool(y));
    mean = g.op(new Reshape(List.of(0, -1)), g.op(new Identity(), mean));
    most = g.op(new Squeeze(List.of(1)), g.op(new Transpose(List.of(0, 2, 1)), most));
    String joined = g.concat(most, g.dropout(mean, 0.25), average);
    joined = g.op(new MatMul(), joined, g.weight("matrix", counting(Shape.of(36, 5))));
    joined = g.linear("linear", joined, 7);
    joined = g.op(new Gemm(0.5, 1, false, false), joined, g.weight("g", counting(Shape.of(7, 3))));
    joined = g.op(new Squeeze(List.of(1)), g.op(new Unsqueeze(List.of(1)), joined));
    joined = g.op(new LayerNormalization(-1, 0.125), joined, ones(g, "row", 3), ones(g, "b", 3));
    joined = g.op(new RmsNormalization(-1, 0.5), joined, ones(g, "root", 3));
    joined = g.op(new Max(), joined, ones(g, "least", 3));
    joined = g.op(new Pow(), g.op(new Min(), joined, ones(g, "most", 1)), ones(g, "power", 3));
    String ids = g.input(InputSpec.batched("ids", ElementType.INT64, Shape.of(1)));
    joined = g.add(joined, g.op(new Squeeze(List.of(1)), g.embedding("words", ids, 4, 3)));
    joined = g.add(joined, g.op(new Cast(), ids));
    joined = g.op(new Squeeze(List.of(0)), recurrent(g, g.op(new Unsqueeze(List.of(0)), joined)));
    joined = chosen(g, joined);
    for (Op function : FUNCTIONS) {
      joined = g.op(function, joined);
    }
    Model model = g.build(g.op(new LogSoftmax(1), joined), g.softmax(joined));
    return model.with(
        new Metadata(
            List.of("ant", "b\u00e9e", "\"c\"\n"),
            Preprocessing.named("imagenet", 3, 7, 6),
            null,
            Map.of("made by", "a test")));
  }

  /** Layers over one step of the features of each sample. */
  private static String recurrent(GraphBuilder g, String x) {
    Activation hard = new Activation(UnaryOp.HARD_SIGMOID, 0.25, 0.5);
    Activation linear = new Activation(UnaryOp.AFFINE, 1, 0);
    Op lstm = new Lstm(2, Direction.REVERSE, List.of(hard, Activation.TANH, linear), 2.5);
    String cell = layer(g, "lstm", lstm, 8, x, 3).get(2);
    String both = layer(g, "gru", Gru.of(2, Direction.FORWARD, true), 6, cell, 2).get(1);
    return layer(g, "rnn", Rnn.of(2, Direction.FORWARD), 2, both, 2).get(1);
  }

  private static List<String> layer(
      GraphBuilder g, String name, Op op, int units, String x, int features) {
    String w = g.weight(name + ".w", counting(Shape.of(1, units, features)));
    String r = g.weight(name + ".r", counting(Shape.of(1, units, 2)));
    String b = g.weight(name + ".b", counting(Shape.of(1, units)));
    return g.nodes(name, op, op instanceof Lstm ? 3 : 2, x, w, r, b);
  }

  private static String ones(GraphBuilder g, String name, int... sizes) {
    float[] values = new float[Shape.of(sizes).elements()];
    Arrays.fill(values, 1);
    return g.weight(name, Tensor.of(Shape.of(sizes), values));
  }

  /** What is compared and chosen, reduced, cut, looked up and repeated: 2 features a sample. */
  private static String chosen(GraphBuilder g, String x) {
    String least = ones(g, "threshold", 2);
    String above = g.op(new Greater(), x, least);
    String apart = g.op(new Not(), g.op(new Equal(), x, least));
    String either = g.op(new Or(), above, g.op(new And(), apart, above));
    String y = g.op(new Where(), either, x, g.op(new Atan(), g.op(new Floor(), x)));
    String sum = g.op(new ReduceSum(List.of(1), true), y);
    String most = g.op(new ReduceMax(List.of(1), true), y);
    y = g.op(new Add(), y, g.op(new Expand(List.of(1, 2)), g.op(new Add(), sum, most)));
    List<String> halves = g.nodes("halves", new Split(1, List.of(1, 1)), 2, y);
    y = g.concat(halves.get(1), halves.get(0));
    String positions = g.node("swapped/positions", Constant.of(1L, 0L));
    return g.node("swapped", new Gather(1), y, positions);
  }

  private static Tensor counting(Shape shape) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 64f;
    }
    return Tensor.of(shape, values);
  }
}
