package dev.graft.bench.peers;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.normalization.BatchNormalization;
import java.util.Arrays;
import java.util.List;

/** Layers with parameters as blocks of DJL's. */
final class DjlLayers {

  private DjlLayers() {}

  static Block of(Node node, Graph graph) {
    int outputs = graph.stored().get(node.inputs().get(1)).size(0);
    if (node.op() instanceof Conv conv) {
      return Conv2d.builder()
          .setKernelShape(pair(conv.window().kernel()))
          .optStride(pair(conv.window().strides()))
          .optPadding(pair(conv.window().pads().subList(0, 2)))
          .optDilation(pair(conv.window().dilations()))
          .optGroups(conv.groups())
          .setFilters(outputs)
          .optBias(node.inputs().size() > 2)
          .build();
    } else if (node.op() instanceof BatchNormalization norm) {
      return BatchNorm.builder()
          .optEpsilon((float) norm.epsilon())
          .optMomentum((float) norm.momentum())
          .build();
    } else if (node.op() instanceof Gemm) {
      return Linear.builder().setUnits(outputs).optBias(node.inputs().size() > 2).build();
    }
    throw new IllegalArgumentException("no equivalent of " + node);
  }

  /** DJL's names of a layer's parameters, in the order of Graft's inputs. */
  private static List<String> names(Node node) {
    return node.op() instanceof BatchNormalization
        ? List.of("gamma", "beta", "runningMean", "runningVar")
        : List.of("weight", "bias");
  }

  /** Copies the weights of {@code node} into {@code layer}, which is initialised. */
  static void copyWeights(Node node, Model model, Block layer) {
    List<String> names = names(node);
    for (int i = 1; i < node.inputs().size(); i++) {
      Parameter parameter = layer.getDirectParameters().get(names.get(i - 1));
      parameter.getArray().set(model.weights().get(node.inputs().get(i)).toArray());
    }
  }

  static Shape shape(dev.graft.core.tensor.Shape shape) {
    return new Shape(Arrays.stream(shape.toArray()).asLongStream().toArray());
  }

  static Shape pair(List<Integer> sizes) {
    return new Shape(sizes.get(0), sizes.get(1));
  }
}
