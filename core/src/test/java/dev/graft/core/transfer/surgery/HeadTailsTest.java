package dev.graft.core.transfer.surgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.GraphException;
import dev.graft.core.graph.Head;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Node;
import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.Clip;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.activation.Relu;
import dev.graft.core.op.activation.Sigmoid;
import dev.graft.core.op.activation.Softmax;
import dev.graft.core.op.activation.Tanh;
import dev.graft.core.op.arithmetic.Add;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.op.layout.Flatten;
import dev.graft.core.op.layout.Identity;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.layout.Slice;
import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.core.session.Session;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Heads with all kinds of things behind their layer, and networks that have none. */
class HeadTailsTest {

  private static final int OLD = 7;
  private static final List<String> CLASSES = List.of("a", "b", "c");

  private static Tensor filled(int... sizes) {
    float[] values = new float[Shape.of(sizes).elements()];
    Arrays.fill(values, 0.5f);
    return Tensor.of(Shape.of(sizes), values);
  }

  /** A network with a random layer and a random tail behind it. */
  private static final class Tail {
    private final Random random;
    private final GraphBuilder g = new GraphBuilder(1);
    private int units = OLD;
    private String x;

    Tail(long seed) {
      random = new Random(seed);
      String maps =
          g.relu(g.conv("stem", g.input("x", Shape.of(2, 4, 4)), 5, Window.square(3, 1, 1)));
      x = layer(maps);
      for (int i = random.nextInt(5); i > 0; i--) {
        behind(i);
      }
      if (random.nextBoolean()) {
        x = g.op(new Softmax(1), x);
      }
    }

    private String layer(String maps) {
      int kind = random.nextInt(6);
      if (kind == 0) {
        String scores = g.conv("head", maps, OLD, Window.square(1, 1, 0));
        scores = random.nextBoolean() ? g.relu(g.batchNorm("norm", scores)) : scores;
        return g.flatten(g.globalAveragePool(scores));
      }
      String features = g.flatten(g.globalAveragePool(maps));
      return switch (kind) {
        case 1 -> g.linear("head", features, OLD);
        case 2 ->
            g.node("head", new Gemm(1, 1, false, false), features, g.weight("w", filled(5, OLD)));
        case 3 -> gemm(features, filled());
        case 4 -> gemm(features, filled(1, OLD));
        default -> {
          String product = g.node("head", new MatMul(), features, g.weight("w", filled(5, OLD)));
          yield random.nextBoolean()
              ? product
              : g.op(new Add(), product, g.weight("b", filled(OLD)));
        }
      };
    }

    private String gemm(String features, Tensor bias) {
      return g.node(
          "head",
          new Gemm(1, 1, false, true),
          features,
          g.weight("w", filled(OLD, 5)),
          g.weight("b", bias));
    }

    private void behind(int i) {
      switch (random.nextInt(9)) {
        case 0 -> x = g.batchNorm("norm" + i, x);
        case 1 -> x = g.op(new Mul(), x, g.weight("scale" + i, filled(1)));
        case 2 -> x = g.op(new Mul(), x, g.weight("scales" + i, filled(units)));
        case 3 -> x = g.op(new Add(), x, g.weight("shift" + i, filled(1, units)));
        case 4 -> x = g.op(bent(), x);
        case 5 -> x = g.op(new Dropout(0.5, false), x);
        case 6 -> {
          if (units > 2) {
            units--;
            x = g.op(new Slice(List.of(1L), List.of((long) units + 1), List.of(1), List.of(1L)), x);
          }
        }
        case 7 -> x = g.op(new Flatten(1), g.op(new Reshape(List.of(0, units, 1, 1)), x));
        default -> x = g.op(new Reshape(List.of(-1, units)), x);
      }
    }

    private Op bent() {
      return List.of(new Relu(), new Sigmoid(), new Tanh(), new LeakyRelu(0.1), new Clip(0, 6))
          .get(random.nextInt(5));
    }
  }

  @Test
  void everyTail_givesWayToANewHead() {
    for (long seed = 0; seed < 400; seed++) {
      Tail tail = new Tail(seed);
      Model model = tail.g.build(tail.x);
      Model replaced = Surgery.replaceHead(model, CLASSES, 1);
      assertThat(replaced.head().layer().name()).as("seed %d", seed).isEqualTo("head");
      assertThat(replaced.head().behind())
          .as("seed %d", seed)
          .extracting(Node::op)
          .noneMatch(op -> op.activates() || op.normalizes() || op instanceof Slice);
      Shape output = replaced.graph().shapes(2).get(replaced.graph().output());
      assertThat(output.elements()).as("seed %d: %s", seed, output).isEqualTo(2 * CLASSES.size());
      assertThat(replaced.weights().get("stem.weight"))
          .as("seed %d", seed)
          .isSameAs(model.weights().get("stem.weight"));
    }
  }

  /** Ends in maps, pooled maps, or these flattened. */
  private static Model backbone(boolean pooled, boolean flat) {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(2, 4, 4));
    x = g.relu(g.batchNorm("norm", g.conv("last", x, 6, Window.square(3, 1, 1))));
    x = pooled ? g.globalAveragePool(x) : x;
    return g.build(flat ? g.flatten(x) : x);
  }

  @Test
  void featureExtractor_isNoClassifier_andTheErrorNamesBothWays() {
    for (Model model :
        List.of(backbone(true, true), backbone(true, false), backbone(false, true))) {
      assertThatThrownBy(() -> HeadChoice.AUTO.apply(model, CLASSES, 1))
          .isInstanceOf(GraphException.class)
          .hasMessageContainingAll("convolution last with 6 channels", "--head", "--append-head");
    }
  }

  @Test
  void namedLayer_isReplacedAllTheSame() {
    Model model = backbone(true, true);
    Model named = model.with(model.metadata().withHead("last"));
    Model replaced = HeadChoice.NEW.apply(named, CLASSES, 1);
    assertThat(replaced.graph().shapes(1).get(replaced.graph().output())).isEqualTo(Shape.of(1, 3));
    assertThat(HeadChoice.NEW.note(named, CLASSES))
        .isEqualTo("a new head of 3 classes replaces last (Conv, weight [6,2,3,3])");
  }

  @Test
  void pooledClassifier_isKnownByItsLabels() {
    Model model = backbone(true, true);
    List<String> six = List.of("1", "2", "3", "4", "5", "6");
    Model labelled = model.with(model.metadata().withLabels(six));
    assertThat(HeadChoice.AUTO.apply(labelled, CLASSES, 1).head().units(labelled.graph()))
        .isNotZero();
  }

  @Test
  void appendedHead_readsTheOutput() {
    for (Model model :
        List.of(backbone(true, true), backbone(true, false), backbone(false, false))) {
      Model appended = HeadChoice.APPEND.apply(model, CLASSES, 1);
      Head head = appended.head();
      assertThat(head.units(appended.graph())).isEqualTo(3);
      assertThat(appended.weights().get("graft.head.weight").shape()).isEqualTo(Shape.of(3, 6));
      assertThat(appended.metadata().labels()).isEqualTo(CLASSES);
      assertThat(appended.weights().get("last.weight"))
          .isSameAs(model.weights().get("last.weight"));
      try (Session session = Session.of(appended, new ReferenceBackend())) {
        assertThat(session.predict(new float[32])).hasSize(3);
      }
    }
  }

  @Test
  void wayThatForks_saysWhatCanBeDone() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.conv("one", g.input("x", Shape.of(2, 4, 4)), 6, Window.square(3, 1, 1));
    String sum = g.add(x, g.conv("two", x, 6, Window.square(3, 1, 1)));
    Model model = g.build(g.flatten(g.globalAveragePool(g.relu(sum))));
    assertThatThrownBy(() -> HeadChoice.NEW.apply(model, CLASSES, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageContainingAll("joins 2 values", "--head", "--append-head");
    assertThat(HeadChoice.APPEND.apply(model, CLASSES, 1).metadata().labels()).isEqualTo(CLASSES);
    assertThatThrownBy(
            () -> HeadChoice.NEW.apply(model.with(model.metadata().withHead("two")), CLASSES, 1))
        .isInstanceOf(GraphException.class)
        .hasMessageStartingWith("two cannot be replaced as the head: behind it ")
        .hasMessageContainingAll(
            "(Add) joins 2 values", "name a layer behind that", "--append-head");
  }

  @Test
  void bias_thatOtherLayersRead_staysTheirs() {
    GraphBuilder g = new GraphBuilder(1);
    String shared = g.weight("shared", filled(6));
    Op gemm = new Gemm(1, 1, false, true);
    String hidden =
        g.node("hidden", gemm, g.input("x", Shape.of(4)), g.weight("w1", filled(6, 4)), shared);
    Model model = g.build(g.node("head", gemm, hidden, g.weight("w2", filled(6, 6)), shared));
    Model replaced = Surgery.replaceHead(model, CLASSES, 1);
    assertThat(replaced.weights().get("shared").shape()).isEqualTo(Shape.of(6));
    assertThat(replaced.graph().shapes(1).get(replaced.graph().output())).isEqualTo(Shape.of(1, 3));
    assertThat(replaced.graph().nodes()).extracting(Node::op).noneMatch(Identity.class::isInstance);
  }
}
