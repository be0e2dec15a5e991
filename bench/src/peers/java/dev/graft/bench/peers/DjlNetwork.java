package dev.graft.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.MaxPool;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph of Graft's as a block of DJL's, with the same weights. Each array is given up behind its
 * last use, as PyTorch does by itself, so that its memory can be used again at once.
 */
final class DjlNetwork extends AbstractBlock {

  private final Graph graph;
  private final Model model;
  private final Map<String, Block> layers = new LinkedHashMap<>();
  private final Map<String, Integer> lastUse = new HashMap<>();
  private final Set<String> trained;

  /**
   * @param trained names of the parameters that will be trained: BatchNorm takes the statistics of
   *     the batch only where its own are among them
   */
  DjlNetwork(Model model, Set<String> trained) {
    this.graph = model.graph();
    this.model = model;
    this.trained = Set.copyOf(trained);
    List<Node> nodes = graph.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (String input : node.inputs()) {
        lastUse.put(input, i);
      }
      if (!graph.parameters(node).isEmpty()) {
        layers.put(node.name(), addChildBlock(node.name(), DjlLayers.of(node, graph)));
      }
    }
  }

  /** Creates the arrays and copies the weights. */
  @Override
  protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
    var shapes = graph.shapes((int) inputs[0].get(0));
    layers.forEach(
        (name, layer) -> {
          Node node = graph.node(name);
          layer.initialize(manager, type, DjlLayers.shape(shapes.get(node.inputs().get(0))));
          DjlLayers.copyWeights(node, model, layer);
        });
  }

  /** Freezes what is not trained. Takes effect only behind {@code Trainer.initialize}. */
  void freeze() {
    layers.forEach(
        (name, layer) -> {
          if (!trains(graph.node(name))) {
            layer.freezeParameters(true);
          }
        });
  }

  private boolean trains(Node node) {
    return graph.parameters(node).stream().anyMatch(trained::contains);
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
    Map<String, NDArray> values = new HashMap<>();
    values.put(graph.input().name(), inputs.singletonOrThrow());
    for (int i = 0; i < graph.nodes().size(); i++) {
      Node node = graph.nodes().get(i);
      Block layer = layers.get(node.name());
      NDArray first = values.get(node.inputs().get(0));
      NDArray result =
          layer == null
              ? apply(node.op(), node.inputs().stream().map(values::get).toList())
              : layer.forward(store, new NDList(first), training && trains(node)).get(0);
      values.put(node.output(), result);
      for (String name : new HashSet<>(node.inputs())) {
        if (lastUse.get(name) == i && values.containsKey(name) && graph.producer(name) != null) {
          values.remove(name).close();
        }
      }
    }
    return new NDList(values.get(graph.output()));
  }

  private static NDArray apply(Op op, List<NDArray> x) {
    if (op instanceof Relu) {
      return Activation.relu(x.get(0));
    } else if (op instanceof Clip clip) {
      return x.get(0).clip((float) clip.min(), (float) clip.max());
    } else if (op instanceof Add) {
      return x.get(0).add(x.get(1));
    } else if (op instanceof Concat concat) {
      return NDArrays.concat(new NDList(x), concat.axis());
    } else if (op instanceof MaxPool pool) {
      return Pool.maxPool2d(
          x.get(0),
          DjlLayers.pair(pool.window().kernel()),
          DjlLayers.pair(pool.window().strides()),
          DjlLayers.pair(pool.window().pads().subList(0, 2)),
          pool.window().ceilMode());
    } else if (op instanceof GlobalAveragePool) {
      // DJL's own drops the last two axes, as the Flatten behind it would.
      return Pool.globalAvgPool2d(x.get(0));
    } else if (op instanceof Flatten) {
      return x.get(0).reshape(x.get(0).getShape().get(0), -1);
    }
    throw new IllegalArgumentException("no equivalent of " + op);
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputs) {
    var shapes = graph.shapes((int) inputs[0].get(0));
    return new Shape[] {DjlLayers.shape(shapes.get(graph.output()))};
  }
}
