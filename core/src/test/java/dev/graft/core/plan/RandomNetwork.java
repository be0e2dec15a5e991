package dev.graft.core.plan;

import dev.graft.core.backend.Rng;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.arithmetic.Div;
import dev.graft.core.op.arithmetic.Exp;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.arithmetic.Sub;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Pad;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Split;
import dev.graft.core.op.layout.Transpose;
import dev.graft.core.op.linear.Conv;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.loss.Distillation;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.loss.WeightedSum;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.recurrent.Direction;
import dev.graft.core.op.recurrent.Gru;
import dev.graft.core.op.recurrent.Lstm;
import dev.graft.core.op.recurrent.Recurrent;
import dev.graft.core.op.recurrent.Rnn;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A small random network with everything that planning has to get right: chains that fuse,
 * diamonds, shared parameters, values that are read twice or are outputs as well, dead ends, views,
 * losses. All of it follows from the seed.
 */
final class RandomNetwork {

  static final String LOSS = "loss";
  private static final int CLASSES = 3;

  private final Random random;
  private final GraphBuilder g;
  private final List<String> maps = new ArrayList<>();

  /** Values within a block, which fusion would like to do without. */
  private final List<String> inner = new ArrayList<>();

  private final List<String> shared = new ArrayList<>();
  private int named;
  private final Model model;

  RandomNetwork(long seed) {
    random = new Random(seed);
    g = new GraphBuilder(seed);
    maps.add(g.input("x", Shape.of(2 + random.nextInt(2), 5, 4 + random.nextInt(3))));
    int layers = 3 + random.nextInt(10);
    for (int i = 0; i < layers; i++) {
      maps.add(layer(any()));
    }
    model = randomized(g.build(outputs()), seed);
  }

  private String name(String stem) {
    return stem + named++;
  }

  /** A recent value more often than an old one. */
  private String any() {
    int back = Math.min(random.nextInt(maps.size()), random.nextInt(maps.size()));
    return maps.get(maps.size() - 1 - back);
  }

  private String layer(String x) {
    Shape shape = g.shape(x);
    int channels = shape.size(1);
    return switch (random.nextInt(18)) {
      case 0, 1, 2 -> conv(x);
      case 3, 4 -> g.batchNorm(name("bn"), random.nextBoolean() ? x : conv(x));
      case 5 -> block(x);
      case 6 -> activation(x);
      case 7 -> sameShape(x);
      case 8 -> g.concat(x, any(x));
      case 9 -> shape.size(2) >= 2 && shape.size(3) >= 2 ? pool(x) : activation(x);
      case 10 -> g.dropout(x, 0.4);
      case 11 -> sharedConv(x);
      case 12 -> g.op(new Mul(), x, g.sigmoid(g.globalAveragePool(x)));
      case 13 -> g.op(new Identity(), x);
      case 14 -> scaled(x, channels);
      case 15 -> channels > 1 ? split(x, channels) : activation(x);
      case 16 -> recurrent(x, channels);
      default -> g.op(new Transpose(List.of(0, 1, 3, 2)), x);
    };
  }

  private String conv(String x) {
    int kernel = random.nextBoolean() ? 1 : 3;
    int stride = random.nextInt(4) == 0 ? 2 : 1;
    int channels = g.shape(x).size(1);
    boolean depthwise = random.nextInt(4) == 0;
    return g.conv(
        name("conv"),
        x,
        depthwise ? channels : 1 + random.nextInt(4),
        Window.square(kernel, stride, kernel / 2),
        depthwise ? channels : 1,
        random.nextBoolean());
  }

  /** Convolution, norm, residual, activation: what fuses. */
  private String block(String x) {
    int channels = g.shape(x).size(1);
    String y = g.conv(name("conv"), x, channels, Window.square(3, 1, 1), 1, random.nextBoolean());
    inner.add(y);
    if (random.nextBoolean()) {
      y = g.batchNorm(name("bn"), y);
      inner.add(y);
    }
    String other = random.nextInt(3) == 0 ? conv1(x, channels) : x;
    y = random.nextBoolean() ? g.add(y, other) : g.add(other, y);
    inner.add(y);
    return random.nextInt(4) == 0 ? y : activation(y);
  }

  /** Two parts of the channels, of which one may go nowhere. */
  private String split(String x, int channels) {
    int first = 1 + random.nextInt(channels - 1);
    List<String> parts =
        g.nodes(name("split"), new Split(1, List.of(first, channels - first)), 2, x);
    String one = parts.get(random.nextInt(2));
    return random.nextBoolean() ? one : g.concat(parts.get(1), activation(parts.get(0)));
  }

  /** The channels' means as a sequence; its states, its last state, or both go on. */
  private String recurrent(String x, int channels) {
    String means = g.op(new Reshape(List.of(0, channels, 1)), g.globalAveragePool(x));
    String sequence = g.op(new Transpose(List.of(1, 0, 2)), means);
    Direction direction = Direction.values()[random.nextInt(3)];
    int ways = direction.count();
    String name = name("recurrent");
    Recurrent layer =
        switch (random.nextInt(3)) {
          case 0 -> Lstm.of(2, direction);
          case 1 -> Gru.of(2, direction, random.nextBoolean());
          default -> Rnn.of(2, direction);
        };
    int units = 2 * layer.gates();
    List<String> read = new ArrayList<>(List.of(sequence));
    read.add(drawn(name + ".w", ways, units, 1));
    read.add(drawn(name + ".r", ways, units, 2));
    read.add(random.nextBoolean() ? drawn(name + ".bias", ways, 2 * units) : "");
    int count = 1 + layer.states();
    List<String> outputs = g.nodes(name, layer, count, read.toArray(String[]::new));
    String all = g.op(new Transpose(List.of(2, 1, 0, 3)), outputs.get(0));
    String last =
        g.op(new Transpose(List.of(1, 0, 2)), outputs.get(1 + random.nextInt(layer.states())));
    String wide = g.op(new Reshape(List.of(0, ways, 1, 2)), last);
    return switch (random.nextInt(3)) {
      case 0 -> all;
      case 1 -> wide;
      default -> g.op(new Mul(), all, wide);
    };
  }

  private String drawn(String name, int... sizes) {
    return g.weight(name, Initializer.normal(0.5).draw(Shape.of(sizes), Rng.key(7, name)));
  }

  private String conv1(String x, int channels) {
    return g.batchNorm(
        name("bn"), g.conv(name("conv"), x, channels, Window.square(1, 1, 0), 1, false));
  }

  private String activation(String x) {
    return switch (random.nextInt(6)) {
      case 0 -> g.sigmoid(x);
      case 1 -> g.tanh(x);
      case 2 -> g.op(new Clip(0, 6), x);
      case 3 -> g.op(new LeakyRelu(0.1), x);
      case 4 -> g.op(new Exp(), g.tanh(x));
      default -> g.relu(x);
    };
  }

  /** A value of the same batch and plane as x, to be joined with it. */
  private String any(String x) {
    List<String> fitting =
        maps.stream().filter(v -> g.shape(v).with(1, 1).equals(g.shape(x).with(1, 1))).toList();
    return fitting.get(random.nextInt(fitting.size()));
  }

  private String sameShape(String x) {
    List<String> fitting = maps.stream().filter(v -> g.shape(v).equals(g.shape(x))).toList();
    String other = fitting.get(random.nextInt(fitting.size()));
    return switch (random.nextInt(4)) {
      case 0 -> g.op(new Sub(), x, other);
      case 1 -> g.op(new Mul(), g.tanh(x), g.tanh(other));
      case 2 -> g.op(new Div(), x, g.op(new Exp(), g.tanh(other)));
      default -> g.add(x, other);
    };
  }

  private String pool(String x) {
    Window window = Window.square(2, 1 + random.nextInt(2), 0);
    return random.nextBoolean()
        ? g.maxPool(x, window)
        : g.op(new AveragePool(window, true), g.op(new Pad(List.of(0, 0, 1, 0, 0, 0, 0, 1), 0), x));
  }

  /** Two convolutions with one weight. */
  private String sharedConv(String x) {
    int channels = g.shape(x).size(1);
    String weight = "shared" + channels + ".weight";
    if (!shared.contains(weight)) {
      shared.add(weight);
      g.weight(
          weight,
          Initializer.he(channels).draw(Shape.of(channels, channels, 1, 1), Rng.key(5, weight)));
    }
    Conv conv = new Conv(Window.square(1, 1, 0), 1);
    return g.node(name("conv"), conv, g.relu(g.node(name("conv"), conv, x, weight)), weight);
  }

  /** A stored vector that is added and one that is a factor, over channels. */
  private String scaled(String x, int channels) {
    String name = name("scale");
    g.weight(
        name + ".weight", Initializer.normal(1).draw(Shape.of(channels, 1, 1), Rng.key(6, name)));
    return g.add(g.op(new Mul(), x, name + ".weight"), name + ".weight");
  }

  private String[] outputs() {
    String pooled = g.flatten(g.globalAveragePool(maps.get(maps.size() - 1)));
    if (random.nextBoolean()) {
      pooled = g.op(new Reshape(List.of(-1, g.shape(pooled).size(1))), pooled);
    }
    String hidden = g.linear("hidden", pooled, 4);
    String extra = g.relu(g.linear("extra", pooled, 4));
    String both = g.add(g.relu(hidden), extra);
    both = random.nextBoolean() ? mixed(both) : both;
    String matrix = g.weight("fc.weight", Initializer.he(CLASSES).draw(Shape.of(4, CLASSES), 9));
    String logits = g.node("fc", new MatMul(), both, matrix);
    String target = g.input("target", Shape.of(CLASSES));
    String hard = g.node("hard", new SoftmaxCrossEntropy(random.nextInt(2) * 0.1), logits, target);
    String soft =
        random.nextBoolean()
            ? g.node("soft", new Distillation(2), logits, target)
            : g.node("soft", new MeanSquaredError(), logits, target);
    g.node(LOSS, new WeightedSum(List.of(0.7, 0.3)), hard, soft);
    // An output from the middle: it must survive whatever would like to fuse or overwrite it.
    List<String> candidates = random.nextBoolean() && !inner.isEmpty() ? inner : maps;
    return random.nextBoolean()
        ? new String[] {logits, LOSS}
        : new String[] {logits, LOSS, candidates.get(random.nextInt(candidates.size()))};
  }

  /** A product of a stack of matrices, a bias, a residual, an activation: what fuses. */
  private String mixed(String x) {
    String stack = g.op(new Reshape(List.of(-1, 2, 2)), x);
    Shape square = Shape.of(2, 2);
    String y = g.op(new MatMul(), stack, g.weight("mix.weight", Initializer.he(2).draw(square, 4)));
    String bias = g.weight("mix.bias", Initializer.normal(1).draw(Shape.of(2), 5));
    y = random.nextBoolean() ? g.add(y, bias) : g.add(bias, y);
    y = random.nextBoolean() ? g.add(y, stack) : y;
    y = random.nextBoolean() ? activation(y) : y;
    return g.op(new Reshape(List.of(-1, 4)), y);
  }

  /** Weights and running statistics that are not the neutral ones of a new network. */
  private static Model randomized(Model model, long seed) {
    Map<String, Tensor> changed = new HashMap<>();
    model
        .weights()
        .asMap()
        .forEach(
            (name, tensor) -> {
              Tensor drawn = Initializer.normal(0.3).draw(tensor.shape(), Rng.key(seed, name));
              float[] values = drawn.host().array();
              if (name.startsWith("bn") && !name.endsWith("bias") && !name.endsWith("mean")) {
                for (int i = 0; i < values.length; i++) {
                  values[i] = 0.5f + Math.abs(values[i]);
                }
              }
              if (name.startsWith("bn") || name.endsWith("bias")) {
                changed.put(name, drawn);
              }
            });
    return model.with(model.weights().with(changed));
  }

  Model model() {
    return model;
  }

  /** A random choice of trainable parameters, often one that freezes what comes first. */
  Set<String> trainable() {
    List<String> all = model.graph().stored(Role.PARAMETER);
    Set<String> chosen = new HashSet<>(all);
    switch (random.nextInt(4)) {
      case 0 -> chosen.removeIf(name -> random.nextInt(2) == 0);
      case 1 -> chosen.removeIf(name -> random.nextInt(5) > 0);
      case 2 -> all.subList(0, random.nextInt(all.size())).forEach(chosen::remove);
      default -> {}
    }
    if (random.nextBoolean()) {
      chosen.addAll(model.graph().stored(Role.CONSTANT));
    }
    return chosen;
  }

  Map<String, Tensor> batch(int size) {
    Map<String, Tensor> batch = new HashMap<>();
    model
        .graph()
        .inputs()
        .forEach(
            input ->
                batch.put(
                    input.name(),
                    Initializer.normal(1)
                        .draw(input.bind(size), Rng.key(random.nextLong(), "batch"))));
    return batch;
  }

  int batchSize() {
    return random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(3);
  }
}
