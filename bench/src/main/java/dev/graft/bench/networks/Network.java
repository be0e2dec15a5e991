package dev.graft.bench.networks;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The networks that transfer learning on a processor usually starts from, for pictures of
 * 3x224x224. Their Dropout is left out, so that two engines can be held to the same loss.
 */
public enum Network {
  SQUEEZENET("squeezenet1.1", SqueezeNet::build),
  RESNET18("resnet18", ResNet18::build),
  MOBILENET_V2("mobilenetv2", MobileNetV2::build);

  /** Name of the only input. */
  public static final String INPUT = "image";

  /** Height and width of a picture, unless one asks for others. */
  public static final int SIZE = 224;

  private static final long SEED = 1;

  private final String label;
  private final BiFunction<GraphBuilder, Integer, String> layers;

  Network(String label, BiFunction<GraphBuilder, Integer, String> layers) {
    this.label = label;
    this.layers = layers;
  }

  /** The name it has in tables. */
  public String label() {
    return label;
  }

  /** The network of that name, if there is one. */
  public static Optional<Network> named(String label) {
    return Arrays.stream(values()).filter(n -> n.label.equals(label)).findFirst();
  }

  /** The names of all networks. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(Network::label).toList();
  }

  /** With He-initialised weights that are always the same; outputs logits {@code [N,classes]}. */
  public Model build(int classes) {
    return build(classes, SIZE);
  }

  /** The same for pictures of {@code size x size}. */
  public Model build(int classes, int size) {
    GraphBuilder g = new GraphBuilder(SEED);
    g.input(INPUT, Shape.of(3, size, size));
    return g.build(layers.apply(g, classes));
  }

  /** Random pictures {@code [batch,3,224,224]}, normalised: mean 0, deviation 1. */
  public static Tensor pictures(int batch) {
    return pictures(batch, SIZE);
  }

  /** Random pictures {@code [batch,3,size,size]}, normalised. */
  public static Tensor pictures(int batch, int size) {
    float[] values = new float[batch * 3 * size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (Rng.uniform(7, i) - 0.5f) * 3.4641f;
    }
    return Tensor.of(Shape.of(batch, 3, size, size), values);
  }
}
