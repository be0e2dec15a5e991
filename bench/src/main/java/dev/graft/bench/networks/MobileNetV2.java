package dev.graft.bench.networks;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;

/** MobileNetV2 at width 1 (Sandler et al., CVPR 2018, table 2), as torchvision has it. */
final class MobileNetV2 {

  /** Expansion, output channels, repetitions, stride of the first. */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1},
  };

  private MobileNetV2() {}

  static String build(GraphBuilder g, int classes) {
    String x = relu6(g, norm(g, "features.0", Network.INPUT, 32, Window.square(3, 2, 1), 1));
    int number = 1;
    for (int[] stage : STAGES) {
      for (int i = 0; i < stage[2]; i++) {
        String name = "features." + number++;
        x = inverted(g, name, x, stage[0], stage[1], i == 0 ? stage[3] : 1);
      }
    }
    x = relu6(g, norm(g, "features." + number, x, 1280, Window.square(1, 1, 0), 1));
    return g.linear("classifier", g.flatten(g.globalAveragePool(x)), classes);
  }

  private static String inverted(
      GraphBuilder g, String name, String x, int expansion, int channels, int stride) {
    int in = g.shape(x).size(1);
    int hidden = in * expansion;
    String y = x;
    if (expansion > 1) {
      y = relu6(g, norm(g, name + ".expand", y, hidden, Window.square(1, 1, 0), 1));
    }
    y = relu6(g, norm(g, name + ".depthwise", y, hidden, Window.square(3, stride, 1), hidden));
    y = norm(g, name + ".project", y, channels, Window.square(1, 1, 0), 1);
    return stride == 1 && in == channels ? g.add(x, y) : y;
  }

  private static String norm(
      GraphBuilder g, String name, String x, int channels, Window window, int groups) {
    return g.batchNorm(name + ".bn", g.conv(name + ".conv", x, channels, window, groups, false));
  }

  private static String relu6(GraphBuilder g, String x) {
    return g.op(new Clip(0, 6), x);
  }
}
