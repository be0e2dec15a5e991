package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.activation.LeakyRelu;
import dev.graft.core.op.arithmetic.Mul;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which steps of a plan work on blocks of channels, and that the results stay what they were. */
class LayoutsTest {

  private static final String TO_BLOCKS = "to blocks";
  private static final String TO_PLANES = "to planes";

  /** Enough channels that a convolution pays for a few reorderings. */
  private static final int CHANNELS = 200;

  private static Model model(GraphBuilder g, String output) {
    return g.build(output);
  }

  private static Tensor input(int batch, Shape item) {
    return Initializer.normal(1).draw(item.with(0, batch), 5);
  }

  private static List<String> steps(Backend backend, Model model, Tensor x) {
    Variables variables = new Variables(backend, model.graph(), model.weights());
    PlanExecutor executor = new PlanExecutor(model.graph(), variables, backend, Set.of());
    return executor.profile(Map.of("x", x), Duration.ZERO).steps().stream()
        .map(StepTime::work)
        .toList();
  }

  /** The tape knows no layouts. */
  private static void agree(Backend backend, Model model, Tensor x) {
    Variables variables = new Variables(backend, model.graph(), model.weights());
    Executor plan = new PlanExecutor(model.graph(), variables, backend, Set.of());
    Executor tape = new EagerExecutor(model.graph(), variables, backend, Set.of());
    String output = model.graph().output();
    // Twice: the second pass runs in memory that the first one has used.
    for (int pass = 0; pass < 2; pass++) {
      float[] found = plan.predict(Map.of("x", x)).get(output).toArray();
      float[] expected = tape.predict(Map.of("x", x)).get(output).toArray();
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        // Sums of some thousand products in another order: 2e3 roundings of 6e-8, at most.
        assertThat(found[i]).as("element %d", i).isCloseTo(expected[i], within(1e-3f));
      }
    }
  }

  @Test
  void neighboursHandEachOtherBlocks_andReadersThatWantPlanesGetThem() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(3, 9, 9));
    x = g.relu(g.conv("stem", x, CHANNELS, Window.square(3, 2, 1)));
    x = g.maxPool(x, Window.square(3, 2, 1));
    String shortcut = x;
    x = g.relu(g.conv("a", x, CHANNELS, Window.square(1, 1, 0)));
    x = g.add(g.conv("b", x, CHANNELS, Window.square(3, 1, 1)), shortcut);
    x = g.softmax(x);
    Model model = model(g, x);
    Tensor fed = input(2, Shape.of(2, 3, 9, 9));
    try (Backend backend = BlocksOnJava.backend()) {
      // The stem reads the planar picture as it is.
      assertThat(steps(backend, model, fed))
          .containsExactly(
              "Conv+Relu", "MaxPool", "Conv+Relu", "Conv+Add", TO_PLANES, "Softmax", "outputs");
      agree(backend, model, fed);
    }
  }

  @Test
  void oneReordering_servesAllReaders() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(CHANNELS, 4, 4));
    String y = g.conv("a", x, CHANNELS, Window.square(3, 1, 1));
    String p = g.softmax(y);
    String q = g.softmax(g.op(new LeakyRelu(0.1), p));
    String r = g.add(g.softmax(y), q);
    Model model = model(g, r);
    Tensor fed = input(1, Shape.of(1, CHANNELS, 4, 4));
    try (Backend backend = BlocksOnJava.backend()) {
      assertThat(steps(backend, model, fed)).containsOnlyOnce(TO_PLANES).doesNotContain(TO_BLOCKS);
      agree(backend, model, fed);
    }
  }

  @Test
  void joinsDropoutAndMeans_stayInBlocks() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(CHANNELS, 5, 5));
    String a = g.relu(g.conv("a", x, 40, Window.square(1, 1, 0)));
    String b = g.relu(g.conv("b", x, 64, Window.square(3, 1, 1)));
    x = g.dropout(g.concat(a, b), 0.5);
    x = g.conv("c", x, 36, Window.square(3, 1, 1));
    x = g.flatten(g.globalAveragePool(g.op(new LeakyRelu(0.1), x)));
    Model model = model(g, g.softmax(x));
    Tensor fed = input(3, Shape.of(3, CHANNELS, 5, 5));
    try (Backend backend = BlocksOnJava.backend()) {
      assertThat(steps(backend, model, fed)).doesNotContain(TO_BLOCKS, TO_PLANES);
      agree(backend, model, fed);
    }
  }

  @Test
  void squeezeAndExcitation_staysInBlocks_butForItsSmallConvolutions() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(CHANNELS, 5, 5));
    x = g.relu(g.conv("a", x, 130, Window.square(3, 1, 1)));
    String s = g.sigmoid(g.conv("b", g.globalAveragePool(x), 130, Window.square(1, 1, 0)));
    // From both sides.
    x = g.op(new Mul(), s, g.op(new Mul(), x, s));
    x = g.globalAveragePool(g.conv("c", x, CHANNELS, Window.square(3, 1, 1)));
    Model model = model(g, g.softmax(g.flatten(x)));
    Tensor fed = input(2, Shape.of(2, CHANNELS, 5, 5));
    try (Backend backend = BlocksOnJava.backend()) {
      assertThat(steps(backend, model, fed)).doesNotContain(TO_BLOCKS);
      agree(backend, model, fed);
    }
  }

  @Test
  void channelsThatFillNoBlock_leaveNothingOfItsRest() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(6, 5, 5));
    x = g.conv("a", x, 203, Window.square(3, 1, 1));
    x = g.relu(g.conv("depthwise", x, 203, Window.square(3, 1, 1), 203, true));
    x = g.conv("b", x, 201, Window.square(3, 1, 1));
    Model model = model(g, x);
    Tensor fed = input(2, Shape.of(2, 6, 5, 5));
    try (Backend backend = BlocksOnJava.backend()) {
      assertThat(steps(backend, model, fed)).contains(TO_PLANES);
      agree(backend, model, fed);
    }
  }

  @Test
  void littleWork_isNotWorthReordering() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(4, 9, 9));
    x = g.conv("depthwise", x, 4, Window.square(3, 1, 1), 4, true);
    Model model = model(g, g.softmax(x));
    try (Backend backend = BlocksOnJava.backend()) {
      assertThat(steps(backend, model, input(1, Shape.of(1, 4, 9, 9))))
          .doesNotContain(TO_BLOCKS, TO_PLANES);
    }
  }

  @Test
  void blocksThatExceedWhatABackendHolds_stayPlanar() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(CHANNELS, 8, 8));
    Model model = model(g, g.softmax(g.conv("a", x, CHANNELS + 1, Window.square(3, 1, 1))));
    CountingBackend counting = new CountingBackend(BlocksOnJava.backend());
    counting.largestPiece = (CHANNELS + 1) * 64;
    Plan plan =
        Planner.inference(
            model.graph(), counting.proxy(), Map.of("x", Shape.of(1, CHANNELS, 8, 8)));
    assertThat(plan.stepList()).noneMatch(step -> step instanceof BlockedStep);
  }

  @Test
  void training_staysPlanar() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(CHANNELS, 9, 9));
    x = g.relu(g.conv("a", x, CHANNELS, Window.square(3, 1, 1)));
    Model model = model(g, g.softmax(x));
    try (Backend backend = BlocksOnJava.backend()) {
      assertThat(isBlocked(backend, model, false)).isTrue();
      assertThat(isBlocked(backend, model, true)).isFalse();
    }
  }

  /** Of the last step before the softmax. */
  private static boolean isBlocked(Backend backend, Model model, boolean training) {
    Map<String, Shape> inputs = Map.of("x", Shape.of(1, CHANNELS, 9, 9));
    Flow flow = new Flow(model.graph(), model.graph().facts(inputs), Set.of(), null);
    return new Layouts(backend, flow, new Fusion(flow), training).isBlocked(flow.visits().get(1));
  }
}
