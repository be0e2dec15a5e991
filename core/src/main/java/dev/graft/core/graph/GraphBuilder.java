package dev.graft.core.graph;

import dev.graft.core.backend.Rng;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.layout.Concat;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Gather;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a network by hand. Every method adds one layer under a name, checks the shapes at once,
 * and returns the name of the value it computes:
 *
 * <pre>{@code
 * GraphBuilder g = new GraphBuilder(1);
 * String x = g.input("image", Shape.of(1, 28, 28));
 * x = g.relu(g.conv("conv1", x, 16, Window.square(3, 1, 1)));
 * x = g.maxPool(x, Window.square(2, 2, 0));
 * Model model = g.build(g.linear("fc", g.flatten(x), 10));
 * }</pre>
 *
 * <p>New weights are drawn from counter-based streams keyed by the seed and the layer's name, so
 * they do not depend on the order of the calls. Not for several threads.
 */
public final class GraphBuilder {

  private final long seed;
  private final List<InputSpec> inputs = new ArrayList<>();
  private final Map<String, Tensor> weights = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Fact> facts = new HashMap<>();
  private final Map<String, Integer> used = new HashMap<>();

  /**
   * @param seed of the random weights
   */
  public GraphBuilder(long seed) {
    this.seed = seed;
  }

  /** An input with a dynamic batch and items of the given shape. */
  public String input(String name, Shape item) {
    return input(InputSpec.batched(name, item));
  }

  /** Any input. */
  public String input(InputSpec input) {
    inputs.add(input);
    facts.put(input.name(), input.fact());
    return input.name();
  }

  /**
   * A convolution with bias; weights from {@link Initializer#he}, biases zero.
   *
   * @param x a value {@code [N,C,H,W]}
   * @param channels number of output channels
   */
  public String conv(String name, String x, int channels, Window window) {
    return conv(name, x, channels, window, 1, true);
  }

  /**
   * A convolution.
   *
   * @param groups number of groups; the number of input channels for a depthwise convolution
   * @param bias whether it has a bias; leave it out before a batchNorm
   */
  public String conv(String name, String x, int channels, Window window, int groups, boolean bias) {
    List<Integer> sizes = new ArrayList<>(List.of(channels, shape(x).size(1) / groups));
    sizes.addAll(window.kernel());
    List<String> reads = new ArrayList<>(List.of(x, name + ".weight"));
    Conv conv = new Conv(window, groups);
    parameter(conv, 1, name + ".weight", Shape.of(sizes));
    if (bias) {
      parameter(conv, 2, name + ".bias", Shape.of(channels));
      reads.add(name + ".bias");
    }
    return node(name, conv, reads.toArray(String[]::new));
  }

  /**
   * A fully connected layer; weights from {@link Initializer#he}, biases zero.
   *
   * @param x a value {@code [N,features]}
   */
  public String linear(String name, String x, int features) {
    Gemm product = new Gemm(1, 1, false, true);
    parameter(product, 1, name + ".weight", Shape.of(features, shape(x).size(-1)));
    parameter(product, 2, name + ".bias", Shape.of(features));
    return node(name, product, x, name + ".weight", name + ".bias");
  }

  /** Batch normalisation with epsilon 1e-5 and momentum 0.9, as in PyTorch. */
  public String batchNorm(String name, String x) {
    Shape channels = Shape.of(shape(x).size(1));
    BatchNormalization norm = new BatchNormalization(1e-5, 0.9, false);
    List<String> reads = new ArrayList<>(List.of(x));
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      reads.add(parameter(norm, reads.size(), name + "." + part, channels));
    }
    return node(name, norm, reads.toArray(String[]::new));
  }

  public String relu(String x) {
    return op(new Relu(), x);
  }

  public String sigmoid(String x) {
    return op(new Sigmoid(), x);
  }

  public String tanh(String x) {
    return op(new Tanh(), x);
  }

  public String add(String a, String b) {
    return op(new Add(), a, b);
  }

  /** Joins along the channels. */
  public String concat(String... xs) {
    return op(new Concat(1), xs);
  }

  public String maxPool(String x, Window window) {
    return op(new MaxPool(window), x);
  }

  public String globalAveragePool(String x) {
    return op(new GlobalAveragePool(), x);
  }

  /** To {@code [N, features]}. */
  public String flatten(String x) {
    return op(new Flatten(1), x);
  }

  /** Drops elements in training; the identity otherwise. */
  public String dropout(String x, double ratio) {
    return op(new Dropout(ratio, false), x);
  }

  /**
   * Looks up a row of features for each whole number; rows from a standard normal distribution.
   *
   * @param ids whole numbers from 0 to {@code words - 1}
   */
  public String embedding(String name, String ids, int words, int features) {
    Op op = new Gather(0);
    Shape shape = Shape.of(words, features);
    weight(name + ".weight", op.initializer(0, shape).draw(shape, Rng.key(seed, name + ".weight")));
    return node(name, op, name + ".weight", ids);
  }

  /** Along the last axis. */
  public String softmax(String x) {
    return op(new Softmax(-1), x);
  }

  /** Any operation without stored inputs, named after its type and a running number. */
  public String op(Op op, String... xs) {
    String stem = op.type().toLowerCase(Locale.ROOT);
    int number = used.merge(stem, 1, Integer::sum);
    return node(stem + number, op, xs);
  }

  /** Any operation; its output is the value {@code name}. */
  public String node(String name, Op op, String... xs) {
    return nodes(name, op, 1, xs).get(0);
  }

  /**
   * Any operation with several outputs: the values {@code name}, {@code name.1}, {@code name.2}…
   *
   * @param xs what it reads; empty for an optional input that is absent
   */
  public List<String> nodes(String name, Op op, int outputs, String... xs) {
    List<@Nullable Fact> given =
        Arrays.stream(xs).<@Nullable Fact>map(x -> x.isEmpty() ? null : fact(x)).toList();
    List<String> names = new ArrayList<>();
    try {
      List<Fact> told = op.infer(given);
      for (int i = 0; i < outputs; i++) {
        names.add(i == 0 ? name : name + "." + i);
        facts.put(names.get(i), told.get(i));
      }
    } catch (ShapeException e) {
      throw e.at(name);
    }
    nodes.add(new Node(name, op, Arrays.asList(xs), names));
    return names;
  }

  /** Stores a tensor under a name that a node may read. */
  public String weight(String name, Tensor tensor) {
    weights.put(name, tensor);
    facts.put(name, Fact.of(tensor));
    return name;
  }

  /** Stores what input i of an operation starts from. */
  private String parameter(Op op, int i, String name, Shape shape) {
    return weight(name, op.initializer(i, shape).draw(shape, Rng.key(seed, name)));
  }

  /**
   * The shape of a value, open where it depends on what is fed.
   *
   * @throws GraphException if there is no such value
   */
  public Shape shape(String value) {
    return fact(value).shape();
  }

  private Fact fact(String value) {
    Fact fact = facts.get(value);
    if (fact == null) {
      throw new GraphException("no value is named " + value);
    }
    return fact;
  }

  /**
   * The network that computes {@code outputs}.
   *
   * @throws GraphException if two layers share a name
   */
  public Model build(String... outputs) {
    Weights stored = Weights.of(weights);
    Graph graph = new Graph(inputs, Model.shapesOf(stored), nodes, Arrays.asList(outputs));
    return Model.of(graph, stored);
  }
}
