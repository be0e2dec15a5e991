package dev.graft.bench.peers;

import dev.graft.bench.networks.Network;
import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;

/**
 * A convolution without bias on a square map, padded so that stride 1 keeps the size.
 *
 * @param kernel its height and width
 * @param in input channels
 * @param out output channels
 * @param size of the input
 * @param groups 1, or {@code in} where depthwise
 */
record LayerTask(int kernel, int in, int out, int size, int stride, int groups, int batch) {

  private static final LayerTask[] LAYERS = {
    new LayerTask(3, 64, 64, 56, 1, 1, 1),
    new LayerTask(3, 256, 256, 14, 1, 1, 1),
    new LayerTask(7, 3, 64, 224, 2, 1, 1),
    new LayerTask(1, 16, 96, 112, 1, 1, 1),
    new LayerTask(1, 960, 160, 7, 1, 1, 1),
    new LayerTask(3, 144, 144, 56, 1, 144, 1),
    new LayerTask(3, 960, 960, 7, 1, 960, 1),
  };

  /** Layers of ResNet-18 and MobileNetV2, on one picture and on a training batch. */
  static LayerTask[] all() {
    LayerTask[] all = new LayerTask[2 * LAYERS.length];
    for (int i = 0; i < LAYERS.length; i++) {
      all[2 * i] = LAYERS[i];
      all[2 * i + 1] = LAYERS[i].withBatch(16);
    }
    return all;
  }

  private LayerTask withBatch(int other) {
    return new LayerTask(kernel, in, out, size, stride, groups, other);
  }

  Task task(String work) {
    String shape =
        (groups > 1 ? "depthwise " : "")
            + kernel
            + "x"
            + kernel
            + (stride > 1 ? "/" + stride : "")
            + " "
            + in
            + "-"
            + out
            + " "
            + size
            + "^2";
    ConvGeometry g = geometry();
    return Task.flops(work, shape, batch, 2.0 * batch * out * g.outPlane() * g.patch());
  }

  int pad() {
    return kernel / 2;
  }

  ConvGeometry geometry() {
    return new Conv(Window.square(kernel, stride, pad()), groups).geometry(x(), w());
  }

  Shape x() {
    return Shape.of(batch, in, size, size);
  }

  Shape w() {
    return Shape.of(out, in / groups, kernel, kernel);
  }

  Shape y() {
    ConvGeometry g = geometry();
    return Shape.of(batch, out, g.outHeight(), g.outWidth());
  }

  /** The layer as a network of its own. */
  Model model() {
    GraphBuilder builder = new GraphBuilder(1);
    builder.input(Network.INPUT, Shape.of(in, size, size));
    builder.weight("conv.weight", random(w(), 2));
    Conv conv = new Conv(Window.square(kernel, stride, pad()), groups);
    return builder.build(builder.node("conv", conv, Network.INPUT, "conv.weight"));
  }

  /** The input, the weight, or the output's gradient: the same for every engine. */
  static Tensor random(Shape shape, long key) {
    float[] values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Rng.uniform(key, i) - 0.5f;
    }
    return Tensor.of(shape, values);
  }
}
