package dev.graft.core.transfer.probe;

import dev.graft.core.data.Dataset;
import dev.graft.core.data.UnreadableException;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Node;
import dev.graft.core.graph.Weights;
import dev.graft.core.op.Op;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.loss.CrossEntropy;
import dev.graft.core.train.loss.Loss;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a linear head as {@link LinearProbe} finds them on standardised features, {@code
 * (x - mean) / deviation}, which are then folded into them: {@code W x + b} of the features as they
 * are.
 *
 * <p>Steps of gradient descent follow the few directions in which features are large, and from few
 * examples learn them by heart before they have met the others. The probe weighs all features
 * alike, and takes from examples it has not learnt from how much to trust them (Kornblith et al.,
 * "Do Better ImageNet Models Transfer Better?", CVPR 2019, A.5, choose the strength of a
 * regularised linear head for the same reason).
 */
public final class SolvedHead {

  /** Of the products that one decomposition takes: some seconds. */
  private static final double MOST_PRODUCTS = 3e9;

  /** Share of the mean deviation below which one is taken to be rounding. */
  private static final double LEAST_DEVIATION = 1e-3;

  private final Head head;
  private final String feature;

  private SolvedHead(Head head, String feature) {
    this.head = head;
    this.feature = feature;
  }

  /**
   * The head of {@code graph}, if it can be solved: one layer with a bias that tells classes apart,
   * with nothing but views around it.
   *
   * @param head that of the whole model
   * @param graph from cached features to the loss
   */
  public static Optional<SolvedHead> of(Head head, Graph graph, Loss loss) {
    boolean isPlain = loss instanceof CrossEntropy plain && plain.smoothing() == 0;
    List<String> features =
        graph.inputs().stream()
            .map(input -> input.name())
            .filter(name -> !name.equals(Loss.TARGET))
            .toList();
    if (!isPlain
        || features.size() != 1
        || !isAffine(head, graph)
        || !graph.nodes().stream().allMatch(node -> isLinear(head, node))) {
      return Optional.empty();
    }
    String weight = head.layer().inputs().get(1);
    Shape item = shape(graph, features.get(0));
    boolean isFlat =
        graph.stored().containsKey(weight)
            && !item.axes(1, item.rank()).isOpen()
            && graph.stored().get(weight).elements()
                == head.units(graph) * item.elements(1, item.rank());
    return isFlat ? Optional.of(new SolvedHead(head, features.get(0))) : Optional.empty();
  }

  private static Shape shape(Graph graph, String input) {
    return graph.inputs().stream()
        .filter(i -> i.name().equals(input))
        .findFirst()
        .orElseThrow()
        .shape();
  }

  /** Whether the layer is {@code W x + b} with a number for each class in b, and no factors. */
  private static boolean isAffine(Head head, Graph graph) {
    boolean scales =
        head.layer().op() instanceof Gemm gemm && (gemm.alpha() != 1 || gemm.beta() != 1);
    String bias = bias(head);
    return !scales
        && bias != null
        && graph.stored().containsKey(bias)
        && graph.stored().get(bias).elements() == head.units(graph);
  }

  private static boolean isLinear(Head head, Node node) {
    Op op = node.op();
    return node.name().equals(head.layer().name())
        || head.bias() != null && node.name().equals(head.bias().name())
        || op.isView()
        || op instanceof Identity
        || op instanceof Softmax
        || op instanceof SoftmaxCrossEntropy
        // Of the single place that is left.
        || op instanceof GlobalAveragePool;
  }

  private static @Nullable String bias(Head head) {
    Node add = head.bias();
    if (add != null) {
      return add.inputs().stream()
          .filter(i -> !i.equals(head.layer().output()))
          .findFirst()
          .orElse(null);
    }
    List<String> inputs = head.layer().inputs();
    return inputs.size() == 3 && !inputs.get(2).isEmpty() ? inputs.get(2) : null;
  }

  /** Whether there are too many examples, of too many features, to solve for in some seconds. */
  public boolean isTooLarge(Dataset examples) {
    double width = width(examples);
    return width * examples.size() * Math.min(width, examples.size()) > MOST_PRODUCTS;
  }

  /** Features of an example. */
  public int width(Dataset examples) {
    return examples.fields().stream()
        .filter(field -> field.name().equals(feature))
        .findFirst()
        .orElseThrow()
        .item()
        .elements();
  }

  /**
   * Solves it.
   *
   * @param examples with the features and the classes; of several variants the first counts
   * @param graph as in {@link #of}
   * @return the weight and the bias by name; empty where there are fewer than two classes to learn
   *     from
   */
  public Optional<Weights> solve(Dataset examples, Graph graph) {
    List<String> fields = examples.fields().stream().map(Dataset.Field::name).toList();
    int at = fields.indexOf(feature);
    int target = fields.indexOf(Loss.TARGET);
    List<float[]> rows = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      try {
        List<float[]> item = examples.read(i, 0);
        if (item.get(target)[0] >= 0) {
          rows.add(item.get(at).clone());
          labels.add((int) item.get(target)[0]);
        }
      } catch (UnreadableException e) {
        // Whoever trains on it has said so.
        continue;
      }
    }
    if (labels.stream().distinct().count() < 2) {
      return Optional.empty();
    }
    float[][] features = rows.toArray(float[][]::new);
    double[] mean = LinearProbe.mean(features);
    double[] deviation = deviation(features, mean);
    for (float[] row : features) {
      for (int d = 0; d < row.length; d++) {
        row[d] = (float) ((row[d] - mean[d]) / deviation[d]);
      }
    }
    int[] classes = labels.stream().mapToInt(Integer::intValue).toArray();
    LinearProbe probe = LinearProbe.fit(features, classes, head.units(graph));
    return Optional.of(folded(probe, mean, deviation, graph));
  }

  /** Of each feature, and nowhere next to nothing. */
  private static double[] deviation(float[][] features, double[] mean) {
    double[] squares = new double[mean.length];
    for (float[] row : features) {
      for (int d = 0; d < mean.length; d++) {
        double difference = row[d] - mean[d];
        squares[d] += difference * difference / features.length;
      }
    }
    double all = 0;
    for (double square : squares) {
      all += square / squares.length;
    }
    double least = Math.max(LEAST_DEVIATION * Math.sqrt(all), Double.MIN_NORMAL);
    double[] deviation = new double[mean.length];
    IntStream.range(0, mean.length).forEach(d -> deviation[d] = Math.sqrt(squares[d]) + least);
    return deviation;
  }

  /** {@code W' = W / deviation}, {@code b' = b - W' mean}. */
  private Weights folded(LinearProbe probe, double[] mean, double[] deviation, Graph graph) {
    double[][] rows = probe.weights();
    double[] bias = probe.bias();
    String name = head.layer().inputs().get(1);
    Shape shape = graph.stored().get(name);
    boolean unitsFirst = shape.axis(head.layer().op().unitAxis().orElseThrow()) == 0;
    float[] weight = new float[shape.elements()];
    for (int k = 0; k < rows.length; k++) {
      for (int d = 0; d < mean.length; d++) {
        double value = rows[k][d] / deviation[d];
        bias[k] -= value * mean[d];
        weight[unitsFirst ? k * mean.length + d : d * rows.length + k] = (float) value;
      }
    }
    float[] shifts = new float[bias.length];
    IntStream.range(0, bias.length).forEach(k -> shifts[k] = (float) bias[k]);
    String biasName = bias(head);
    Map<String, Tensor> solved = new LinkedHashMap<>();
    solved.put(name, Tensor.of(shape, weight));
    solved.put(biasName, Tensor.of(graph.stored().get(biasName), shifts));
    return Weights.of(solved);
  }
}
