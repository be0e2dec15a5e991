package dev.graft.bench.networks;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.op.Window;

/** ResNet-18 (He et al., CVPR 2016, table 1), as torchvision has it. */
final class ResNet18 {

  private ResNet18() {}

  static String build(GraphBuilder g, int classes) {
    String x = norm(g, "conv1", "bn1", Network.INPUT, 64, Window.square(7, 2, 3));
    x = g.maxPool(g.relu(x), Window.square(3, 2, 1));
    int[] channels = {64, 128, 256, 512};
    for (int stage = 0; stage < channels.length; stage++) {
      String name = "layer" + (stage + 1);
      x = block(g, name + ".0", x, channels[stage], stage == 0 ? 1 : 2);
      x = block(g, name + ".1", x, channels[stage], 1);
    }
    return g.linear("fc", g.flatten(g.globalAveragePool(x)), classes);
  }

  private static String block(GraphBuilder g, String name, String x, int channels, int stride) {
    Window first = Window.square(3, stride, 1);
    String y = g.relu(norm(g, name + ".conv1", name + ".bn1", x, channels, first));
    y = norm(g, name + ".conv2", name + ".bn2", y, channels, Window.square(3, 1, 1));
    boolean same = stride == 1 && g.shape(x).size(1) == channels;
    String shortcut = name + ".downsample";
    String skip =
        same
            ? x
            : norm(g, shortcut + ".0", shortcut + ".1", x, channels, Window.square(1, stride, 0));
    return g.relu(g.add(y, skip));
  }

  private static String norm(
      GraphBuilder g, String conv, String norm, String x, int channels, Window window) {
    return g.batchNorm(norm, g.conv(conv, x, channels, window, 1, false));
  }
}
