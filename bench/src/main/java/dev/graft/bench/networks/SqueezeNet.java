package dev.graft.bench.networks;

import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.op.Window;

/** SqueezeNet 1.1 (Iandola et al., 2016, and its authors' later release), as torchvision has it. */
final class SqueezeNet {

  private SqueezeNet() {}

  static String build(GraphBuilder g, int classes) {
    String x = g.relu(g.conv("conv1", Network.INPUT, 64, Window.square(3, 2, 0)));
    x = g.maxPool(x, Window.square(3, 2, 0));
    x = fire(g, "fire2", x, 16, 64);
    x = fire(g, "fire3", x, 16, 64);
    x = g.maxPool(x, Window.square(3, 2, 0));
    x = fire(g, "fire4", x, 32, 128);
    x = fire(g, "fire5", x, 32, 128);
    x = g.maxPool(x, Window.square(3, 2, 0));
    x = fire(g, "fire6", x, 48, 192);
    x = fire(g, "fire7", x, 48, 192);
    x = fire(g, "fire8", x, 64, 256);
    x = fire(g, "fire9", x, 64, 256);
    x = g.relu(g.conv("conv10", x, classes, Window.square(1, 1, 0)));
    return g.flatten(g.globalAveragePool(x));
  }

  private static String fire(GraphBuilder g, String name, String x, int squeezed, int expanded) {
    String squeeze = g.relu(g.conv(name + ".squeeze1x1", x, squeezed, Window.square(1, 1, 0)));
    String narrow = g.relu(g.conv(name + ".expand1x1", squeeze, expanded, Window.square(1, 1, 0)));
    String wide = g.relu(g.conv(name + ".expand3x3", squeeze, expanded, Window.square(3, 1, 1)));
    return g.concat(narrow, wide);
  }
}
