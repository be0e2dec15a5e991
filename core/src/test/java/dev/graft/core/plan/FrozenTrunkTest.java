package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Steps whose frozen layers run in parts, against the tape, which runs everything at once. */
class FrozenTrunkTest {

  private static final Backend JAVA = new JavaBackend(1);
  private static final Set<String> HEAD = Set.of("fc.weight", "fc.bias");
  private static final Set<String> NORM_ON = Set.of("norm.weight", "norm.bias", "fc.weight");

  /** 1 MiB of activations a sample in each of two layers, then a normalisation, and a head. */
  private final Model model = model();

  private Variables expected;
  private Variables found;

  private static Model model() {
    GraphBuilder g = new GraphBuilder(5);
    String x = g.input("x", Shape.of(2, 64, 64));
    String target = g.input("target", Shape.of(5));
    x = g.relu(g.batchNorm("frozen", g.conv("a", x, 64, Window.square(3, 1, 1))));
    x = g.conv("b", g.dropout(x, 0.5), 64, Window.square(1, 1, 0));
    x = g.batchNorm("norm", g.globalAveragePool(x));
    x = g.linear("fc", g.flatten(x), 5);
    return g.build(x, g.node("loss", new MeanSquaredError(), x, target));
  }

  @BeforeEach
  void copyWeights() {
    expected = new Variables(JAVA, model.graph(), model.weights());
    found = new Variables(JAVA, model.graph(), model.weights());
  }

  @AfterAll
  static void close() {
    JAVA.close();
  }

  private static Map<String, Tensor> batch(int size) {
    return Map.of(
        "x", Initializer.normal(1).draw(Shape.of(size, 2, 64, 64), size),
        "target", Initializer.normal(1).draw(Shape.of(size, 5), size));
  }

  /** Runs a step on both; sums have the same terms, perhaps in another order. */
  private static void agree(Executor tape, Executor plan, int size) {
    Executor.Step wanted = tape.step(batch(size), "loss", 3);
    Executor.Step step = plan.step(batch(size), "loss", 3);
    assertThat(step.outputs().keySet()).isEqualTo(wanted.outputs().keySet());
    wanted.outputs().forEach((name, y) -> close(name, step.outputs().get(name), y));
    assertThat(step.gradients().keySet()).isEqualTo(wanted.gradients().keySet());
    wanted.gradients().forEach((name, d) -> close(name, step.gradients().get(name), d));
    assertThat(plan.backwardSteps()).isEqualTo(tape.backwardSteps());
  }

  private static void close(String name, Tensor found, Tensor expected) {
    assertThat(found.shape()).as(name).isEqualTo(expected.shape());
    assertThat(found.download(JAVA))
        .as(name)
        .usingComparatorWithPrecision(1e-5f)
        .containsExactly(expected.download(JAVA));
  }

  private void agreeOnBatches(Set<String> trainable, int... sizes) {
    Graph graph = model.graph();
    Executor tape = new EagerExecutor(graph, expected, JAVA, trainable);
    Executor plan = new PlanExecutor(graph, found, JAVA, trainable);
    for (int size : sizes) {
      agree(tape, plan, size);
    }
    for (String name : graph.stored().keySet()) {
      close(name, found.get(name), expected.get(name));
    }
  }

  private int part(Set<String> trainable, int size) {
    FrozenTrunk trunk = FrozenTrunk.of(model.graph(), found, JAVA, trainable);
    return trunk == null ? 0 : trunk.part(batch(size));
  }

  @Test
  void aLargeBatch_isCutAndASmallOneIsNot() {
    assertThat(part(HEAD, 32)).isBetween(1, 16);
    assertThat(part(HEAD, 2)).isZero();
    assertThat(part(Set.of("a.weight"), 32)).as("training begins at the input").isZero();
    assertThat(part(Set.of("b.weight"), 32)).as("features of 32 MiB").isZero();
    assertThat(part(Set.of(), 32)).as("nothing is trained").isZero();
  }

  @Test
  void headOnly_isThatOfTheTape() {
    agreeOnBatches(HEAD, 32, 24, 2, 32);
  }

  @Test
  void runningStatisticsOfWhatIsTrained_areUpdatedOverTheWholeBatch() {
    agreeOnBatches(NORM_ON, 32, 32);
    assertThat(found.get("norm.running_mean").download(JAVA))
        .isNotEqualTo(model.weights().get("norm.running_mean").toArray());
    assertThat(found.get("frozen.running_mean").download(JAVA))
        .isEqualTo(model.weights().get("frozen.running_mean").toArray());
  }

  @Test
  void changedWeightsOfTheTrunk_areSeen() {
    Executor tape = new EagerExecutor(model.graph(), expected, JAVA, HEAD);
    Executor plan = new PlanExecutor(model.graph(), found, JAVA, HEAD);
    agree(tape, plan, 32);
    Tensor other = Initializer.normal(0.1).draw(Shape.of(64, 64, 1, 1), 9);
    expected.set("b.weight", other);
    found.set("b.weight", other);
    agree(tape, plan, 32);
  }
}
