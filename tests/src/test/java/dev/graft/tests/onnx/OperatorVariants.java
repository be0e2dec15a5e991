package dev.graft.tests.onnx;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.LogSoftmax;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.layout.Squeeze;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.layout.Unsqueeze;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every operator that a file can hold, in every form its attributes allow, as small models. */
final class OperatorVariants {

  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private OperatorVariants() {}

  /**
   * One operation on one input and some stored tensors.
   *
   * @param item shape of the input without its batch
   * @param weights shapes of the stored tensors; the first input is the network's
   */
  record Variant(Op op, Shape item, List<Shape> weights) {

    Model model() {
      GraphBuilder g = new GraphBuilder(1);
      List<String> reads = new ArrayList<>(List.of(g.input("x", item)));
      for (Shape shape : weights) {
        String name = "w" + reads.size();
        // Positive, since one is a variance and another a divisor.
        float[] values = random(shape, reads.size()).toArray();
        for (int i = 0; i < values.length; i++) {
          values[i] = 0.25f + Math.abs(values[i]);
        }
        reads.add(g.weight(name, Tensor.of(shape, values)));
      }
      return g.build(g.node("y", op, reads.toArray(String[]::new)));
    }

    @Override
    public String toString() {
      return op + " of " + item + " and " + weights;
    }
  }

  static Tensor random(Shape shape, long key) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Rng.gaussian(key, i);
    }
    return Tensor.of(shape, values);
  }

  private static Variant of(Op op, Shape item, Shape... weights) {
    return new Variant(op, item, List.of(weights));
  }

  static Stream<Variant> all() {
    return Stream.of(functions(), windows(), products(), layout())
        .flatMap(variants -> variants.stream());
  }

  private static List<Variant> functions() {
    Shape item = Shape.of(3, 4, 5);
    List<Variant> all = new ArrayList<>();
    for (Op op :
        List.of(
            new Relu(),
            new Sigmoid(),
            new Tanh(),
            new Exp(),
            new Identity(),
            new LeakyRelu(0.01),
            new LeakyRelu(0.3),
            new Clip(0, 6),
            new Clip(-0.5, INFINITY),
            new Clip(-INFINITY, 0.5),
            new Clip(-INFINITY, INFINITY),
            new Dropout(0.3, false),
            new Dropout(0, false),
            new Softmax(-1),
            new Softmax(1),
            new Softmax(2),
            new LogSoftmax(-1),
            new LogSoftmax(1),
            new LogSoftmax(3))) {
      all.add(of(op, item));
    }
    for (Op op : List.of(new Add(), new Sub(), new Mul(), new Div())) {
      all.add(of(op, item, Shape.SCALAR));
      all.add(of(op, item, Shape.of(5)));
      all.add(of(op, item, Shape.of(3, 1, 1)));
      all.add(of(op, item, Shape.of(1, 3, 4, 1)));
      all.add(of(op, Shape.of(3, 1, 1), Shape.of(1, 1, 4, 5)));
    }
    Shape channels = Shape.of(3);
    for (double epsilon : new double[] {1e-5, 1e-3}) {
      Op norm = new BatchNormalization(epsilon, 0.9, false);
      all.add(of(norm, item, channels, channels, channels, channels));
      all.add(of(norm, channels, channels, channels, channels, channels));
    }
    return all;
  }

  private static Window window(
      List<Integer> kernel,
      List<Integer> strides,
      List<Integer> dilations,
      List<Integer> pads,
      AutoPad autoPad,
      boolean ceilMode) {
    return new Window(kernel, strides, dilations, pads, autoPad, ceilMode);
  }

  private static List<Variant> windows() {
    Shape item = Shape.of(4, 9, 8);
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0, 0, 0);
    List<Window> all = new ArrayList<>();
    for (boolean ceil : new boolean[] {false, true}) {
      all.add(window(List.of(3, 2), List.of(2, 3), one, none, AutoPad.NOTSET, ceil));
      all.add(window(List.of(3, 3), List.of(2, 2), one, List.of(1, 0, 1, 1), AutoPad.NOTSET, ceil));
    }
    for (AutoPad pad : List.of(AutoPad.SAME_UPPER, AutoPad.SAME_LOWER, AutoPad.VALID)) {
      all.add(window(List.of(3, 4), List.of(2, 2), one, none, pad, false));
    }
    List<Variant> variants = new ArrayList<>();
    for (Window window : all) {
      if (!window.ceilMode()) {
        Shape kernel = Shape.of(6, 4, window.kernel().get(0), window.kernel().get(1));
        variants.add(of(new Conv(window, 1), item, kernel));
      }
      variants.add(of(new MaxPool(window), item));
      variants.add(of(new AveragePool(window, false), item));
      variants.add(of(new AveragePool(window, true), item));
    }
    Window dilated =
        window(
            List.of(3, 2),
            List.of(1, 2),
            List.of(2, 3),
            List.of(2, 1, 0, 1),
            AutoPad.NOTSET,
            false);
    variants.add(of(new MaxPool(dilated), item));
    variants.add(of(new AveragePool(dilated, false), item));
    variants.add(of(new AveragePool(dilated, true), item));
    Shape bias = Shape.of(4);
    for (int groups : new int[] {1, 2, 4}) {
      Shape weight = Shape.of(4, 4 / groups, 3, 2);
      variants.add(of(new Conv(dilated, groups), item, weight, bias));
    }
    Window line = window(List.of(3), List.of(2), List.of(1), List.of(1, 0), AutoPad.NOTSET, false);
    variants.add(of(new Conv(line, 1), Shape.of(4, 9), Shape.of(5, 4, 3), Shape.of(5)));
    variants.add(of(new MaxPool(line), Shape.of(4, 9)));
    variants.add(of(new AveragePool(line, true), Shape.of(4, 9)));
    for (Op op : List.of(new GlobalAveragePool(), new GlobalMaxPool())) {
      variants.add(of(op, item));
      variants.add(of(op, Shape.of(4, 9)));
    }
    return variants;
  }

  private static List<Variant> products() {
    return List.of(
        of(new Gemm(1, 1, false, true), Shape.of(5), Shape.of(4, 5), Shape.of(4)),
        of(new Gemm(1, 1, false, false), Shape.of(5), Shape.of(5, 4)),
        of(new Gemm(0.5, 2, false, false), Shape.of(5), Shape.of(5, 4), Shape.of(1, 4)),
        of(new Gemm(0.5, 0, false, true), Shape.of(5), Shape.of(4, 5), Shape.SCALAR),
        of(new MatMul(), Shape.of(5), Shape.of(5, 4)),
        of(new MatMul(), Shape.of(3, 5), Shape.of(5, 4)),
        of(new MatMul(), Shape.of(2, 3, 5), Shape.of(2, 5, 4)),
        of(new MatMul(), Shape.of(3, 5), Shape.of(5)));
  }

  private static List<Variant> layout() {
    Shape item = Shape.of(3, 4, 5);
    List<Variant> all = new ArrayList<>();
    for (Op op :
        List.of(
            new Flatten(1),
            new Flatten(0),
            new Flatten(2),
            new Flatten(-1),
            new Reshape(List.of(0, -1)),
            new Reshape(List.of(-1, 3, 0, 5)),
            new Reshape(List.of(-1)),
            new Transpose(List.of()),
            new Transpose(List.of(0, 3, 1, 2)),
            new Unsqueeze(List.of(1)),
            new Unsqueeze(List.of(-1, 2)),
            new ReduceMean(List.of(), false),
            new ReduceMean(List.of(2, -1), true),
            new ReduceMean(List.of(1), false),
            new Pad(List.of(0, 1, 0, 2, 0, 0, 3, 0), 0),
            new Pad(List.of(0, -1, 1, 0, 0, 0, -2, -1), -0.5),
            slice(0, Long.MAX_VALUE, 2, 2),
            slice(-2, Long.MAX_VALUE, 3, 1),
            slice(-1, Long.MIN_VALUE, -1, -2),
            slice(100, -100, 1, -1))) {
      all.add(of(op, item));
    }
    all.add(of(new Reshape(List.of(0, 4, 0)), Shape.of(4, 10)));
    all.add(of(new Squeeze(List.of(2)), Shape.of(3, 1, 5)));
    all.add(of(new Squeeze(List.of(-1, 1)), Shape.of(1, 5, 1)));
    all.add(of(new Squeeze(List.of()), Shape.of(1, 5, 1)));
    all.add(of(new Concat(0), item, Shape.of(2, 3, 4, 5)));
    all.add(of(new Concat(0), item));
    return all;
  }

  private static Slice slice(long start, long end, int axis, long step) {
    return new Slice(List.of(start), List.of(end), List.of(axis), List.of(step));
  }
}
