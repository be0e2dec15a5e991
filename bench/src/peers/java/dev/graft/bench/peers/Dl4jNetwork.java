package dev.graft.bench.peers;

import dev.graft.bench.networks.TrainingRun;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.MaxPool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** SqueezeNet as a ComputationGraph of Deeplearning4j's, with the same weights. */
final class Dl4jNetwork {

  private static final String LOSS = "loss";

  private final Graph graph;
  private final GraphBuilder layers =
      new NeuralNetConfiguration.Builder()
          .updater(new Nesterovs(TrainingRun.RATE, TrainingRun.MOMENTUM))
          .convolutionMode(ConvolutionMode.Truncate)
          .graphBuilder();

  /** Where Deeplearning4j computes a value of ours. */
  private final Map<String, String> vertices = new HashMap<>();

  private Dl4jNetwork(Graph graph) {
    this.graph = graph;
  }

  static ComputationGraph of(Model model) {
    Dl4jNetwork network = new Dl4jNetwork(model.graph());
    ComputationGraph built = new ComputationGraph(network.layers().build());
    built.init();
    for (Node node : model.graph().nodes()) {
      if (node.op() instanceof Conv) {
        float[] weight = model.weights().get(node.inputs().get(1)).toArray();
        float[] bias = model.weights().get(node.inputs().get(2)).toArray();
        int[] shape = model.graph().stored().get(node.inputs().get(1)).toArray();
        built.getLayer(node.name()).setParam("W", Nd4j.create(weight, shape, 'c'));
        built.getLayer(node.name()).setParam("b", Nd4j.create(bias, new int[] {1, bias.length}));
      }
    }
    return built;
  }

  private GraphBuilder layers() {
    String input = graph.input().name();
    layers.addInputs(input).setInputTypes(InputType.convolutional(224, 224, 3));
    vertices.put(input, input);
    graph.nodes().forEach(this::add);
    LossLayer loss =
        new LossLayer.Builder(LossFunctions.LossFunction.MCXENT)
            .activation(Activation.SOFTMAX)
            .build();
    return layers.addLayer(LOSS, loss, vertices.get(graph.output())).setOutputs(LOSS);
  }

  private void add(Node node) {
    String[] reads =
        node.inputs().stream()
            .filter(vertices::containsKey)
            .map(vertices::get)
            .toArray(String[]::new);
    String name = node.name();
    vertices.put(node.output(), name);
    if (node.op() instanceof Conv conv) {
      List<Node> readers = graph.consumers(node.output());
      boolean activated = readers.size() == 1 && readers.get(0).op() instanceof Relu;
      int outputs = graph.stored().get(node.inputs().get(1)).size(0);
      layers.addLayer(
          name,
          new ConvolutionLayer.Builder(pair(conv.window().kernel()))
              .stride(pair(conv.window().strides()))
              .padding(pair(conv.window().pads()))
              .nOut(outputs)
              .activation(activated ? Activation.RELU : Activation.IDENTITY)
              .build(),
          reads);
    } else if (node.op() instanceof MaxPool pool) {
      layers.addLayer(
          name,
          new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
              .kernelSize(pair(pool.window().kernel()))
              .stride(pair(pool.window().strides()))
              .padding(pair(pool.window().pads()))
              .build(),
          reads);
    } else if (node.op() instanceof Concat) {
      layers.addVertex(name, new MergeVertex(), reads);
    } else if (node.op() instanceof GlobalAveragePool) {
      layers.addLayer(name, new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), reads);
    } else if (node.op() instanceof Relu || node.op() instanceof Flatten) {
      // The convolution in front activates; global pooling flattens.
      vertices.put(node.output(), reads[0]);
    } else {
      throw new IllegalArgumentException("no equivalent of " + node);
    }
  }

  private static int[] pair(List<Integer> sizes) {
    return new int[] {sizes.get(0), sizes.get(1)};
  }
}
