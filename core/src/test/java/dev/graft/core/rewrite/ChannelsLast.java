package dev.graft.core.rewrite;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Writes networks as an importer makes them of a model with channels last: {@code [N,H,W,C]}
 * everywhere, with a Transpose before and behind each layer that wants channels first.
 */
final class ChannelsLast {

  final GraphBuilder g;
  private final long seed;
  private int named;

  ChannelsLast(long seed) {
    this.seed = seed;
    g = new GraphBuilder(seed);
  }

  String input(int height, int width, int channels) {
    return g.input("x", Shape.of(height, width, channels));
  }

  String name(String stem) {
    return stem + named++;
  }

  int channels(String x) {
    return g.shape(x).size(-1);
  }

  /** A layer that wants channels first. */
  String first(String x, UnaryOperator<String> layer) {
    String before = g.node(name("to_first"), new Transpose(List.of(0, 3, 1, 2)), x);
    return g.node(name("to_last"), new Transpose(List.of(0, 2, 3, 1)), layer.apply(before));
  }

  String conv(String x, int channels, int kernel, int stride) {
    Window window = Window.square(kernel, stride, kernel / 2);
    return first(x, y -> g.conv(name("conv"), y, channels, window, 1, false));
  }

  String depthwise(String x, int stride) {
    int channels = channels(x);
    Window window = Window.square(3, stride, 1);
    return first(x, y -> g.conv(name("depthwise"), y, channels, window, channels, false));
  }

  String norm(String x) {
    return first(x, y -> g.batchNorm(name("bn"), y));
  }

  String relu(String x) {
    return g.relu(x);
  }

  String relu6(String x) {
    return g.op(new Clip(0, 6), x);
  }

  String convNormRelu(String x, int channels, int kernel, int stride) {
    return relu(norm(conv(x, channels, kernel, stride)));
  }

  String maxPool(String x) {
    return first(x, y -> g.maxPool(y, Window.square(2, 2, 0)));
  }

  String averagePool(String x) {
    return first(x, y -> g.op(new AveragePool(Window.square(3, 1, 1), false), y));
  }

  String concat(String... xs) {
    return g.op(new Concat(-1), xs);
  }

  /** Squeeze and excite: each channel times a gate that is computed of all means. */
  String gated(String x, boolean keepDims) {
    int channels = channels(x);
    String means = g.op(new ReduceMean(List.of(1, 2), keepDims), x);
    if (!keepDims) {
      means = g.op(new Reshape(List.of(-1, 1, 1, channels)), means);
    }
    String gate = g.sigmoid(conv(relu(conv(means, 2, 1, 1)), channels, 1, 1));
    return g.op(new Mul(), x, gate);
  }

  /** With a stored vector over the channels, of which nothing says that it is a parameter. */
  String withVector(Op op, String x) {
    String name = name("vector");
    Shape shape = Shape.of(channels(x));
    return g.op(op, x, g.weight(name, Initializer.normal(1).draw(shape, Rng.key(seed, name))));
  }

  /** The mean of each channel, and a layer of classes: {@code [N,classes]}. */
  String classes(String x, int classes) {
    return g.linear("fc", g.op(new ReduceMean(List.of(1, 2), false), x), classes);
  }

  /** All that is in a picture, and a layer of classes. */
  String flatClasses(String x, int classes) {
    return g.linear("fc", g.flatten(x), classes);
  }

  Model build(String... outputs) {
    return g.build(outputs);
  }
}
