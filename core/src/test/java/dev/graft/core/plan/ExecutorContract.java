package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Rng;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What follows from the set of trainable parameters when a graph runs: freezing, in all its parts.
 * Every executor passes it.
 */
abstract class ExecutorContract {

  private static final Set<String> HEAD = Set.of("fc.weight", "fc.bias");
  private static final List<String> RUNNING = List.of("bn.running_mean", "bn.running_var");

  private final Backend backend = new ReferenceBackend();

  /** conv, bn, relu, dropout, pooling, fc, and a loss behind them. */
  private final Model model = model(0.5);

  private final Variables variables = new Variables(backend, model.graph(), model.weights());

  private static Model model(double dropout) {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(2, 4, 4));
    String target = g.input("target", Shape.of(3));
    x = g.conv("conv", x, 4, Window.square(3, 1, 1), 1, false);
    x = g.relu(g.batchNorm("bn", x));
    x = g.dropout(x, dropout);
    x = g.linear("fc", g.flatten(g.globalAveragePool(x)), 3);
    return g.build(x, g.node("loss", new MeanSquaredError(), x, target));
  }

  private static Map<String, Tensor> batch() {
    return Map.of(
        "x", Initializer.normal(1).draw(Shape.of(5, 2, 4, 4), Rng.key(7, "x")),
        "target", Initializer.normal(1).draw(Shape.of(5, 3), Rng.key(7, "target")));
  }

  /** The executor under test. */
  abstract Executor executor(
      Graph graph, Variables variables, Backend backend, Set<String> trainable);

  private Executor training(String... names) {
    return executor(model.graph(), variables, backend, Set.of(names));
  }

  private Executor training(Set<String> names) {
    return training(names.toArray(String[]::new));
  }

  private float[] variable(String name) {
    return variables.get(name).download(backend);
  }

  @Test
  void frozenPrefix_addsNoBackwardSteps() {
    Executor head = training(HEAD);
    head.step(batch(), "loss", 1);
    assertThat(head.backwardSteps()).as("fc and loss").isEqualTo(2);
    Executor all = training("conv.weight", "bn.weight", "bn.bias", "fc.weight", "fc.bias");
    all.step(batch(), "loss", 1);
    assertThat(all.backwardSteps()).isEqualTo(model.graph().nodes().size());
  }

  @Test
  void frozenPrefix_savesNothing() {
    Executor head = training(HEAD);
    head.step(batch(), "loss", 1);
    // The features [5,4] for the weight's gradient, and the loss's differences [5,3].
    assertThat(head.savedBytes()).isEqualTo(4 * (5 * 4 + 5 * 3));
    Executor nothing = training();
    nothing.step(batch(), "loss", 1);
    assertThat(nothing.savedBytes()).isZero();
    assertThat(nothing.backwardSteps()).isZero();
  }

  @Test
  void frozenLayersAboveATrainableOne_passItsGradientOn() {
    Executor.Step bottom = training("conv.weight").step(batch(), "loss", 1);
    assertThat(bottom.gradients()).containsOnlyKeys("conv.weight");
    assertThat(gradient(bottom, "conv.weight")).doesNotContain(Float.NaN);
    assertThat(Arrays.equals(gradient(bottom, "conv.weight"), new float[4 * 2 * 9])).isFalse();
  }

  @Test
  void freezingAParameter_leavesTheGradientsOfTheOthers() {
    Executor.Step all = training("conv.weight", "fc.weight").step(batch(), "loss", 1);
    Executor.Step bottom = training("conv.weight").step(batch(), "loss", 1);
    assertThat(gradient(bottom, "conv.weight")).isEqualTo(gradient(all, "conv.weight"));
  }

  @Test
  void frozenBatchNorm_keepsItsRunningStatistics() {
    float[] mean = variable("bn.running_mean");
    float[] variance = variable("bn.running_var");
    // The convolution below is trained: what reaches the frozen norm changes, the norm does not.
    Executor executor = training("conv.weight", "fc.weight", "fc.bias");
    executor.step(batch(), "loss", 1);
    assertThat(variable("bn.running_mean")).isEqualTo(mean);
    assertThat(variable("bn.running_var")).isEqualTo(variance);
  }

  @Test
  void frozenBatchNorm_runsInInferenceForm() {
    Executor head = training(HEAD);
    float[] trained = head.step(batch(), "loss", 1).outputs().get("fc").toArray();
    assertThat(trained).isEqualTo(head.predict(batch()).get("fc").toArray());
  }

  @Test
  void trainableBatchNorm_updatesItsRunningStatistics() {
    float[] meanBefore = variable("bn.running_mean");
    Executor.Step step = training("bn.bias").step(batch(), "loss", 1);
    assertThat(step.gradients()).containsOnlyKeys("bn.bias");
    assertThat(variable("bn.running_mean")).isNotEqualTo(meanBefore);
    // A second step moves on from there: momentum 0.9 of the same batch.
    float[] first = variable("bn.running_mean");
    training("bn.bias").step(batch(), "loss", 2);
    float[] second = variable("bn.running_mean");
    for (int i = 0; i < first.length; i++) {
      // Running means start at 0: 0.1 b, then 0.9 (0.1 b) + 0.1 b; to the last digit of a float.
      assertThat(second[i]).isCloseTo(1.9f * first[i], offset(4 * Math.ulp(first[i])));
    }
  }

  @Test
  void prediction_changesNoVariable() {
    float[][] before = RUNNING.stream().map(this::variable).toArray(float[][]::new);
    training("bn.weight").predict(batch());
    assertThat(RUNNING.stream().map(this::variable).toArray(float[][]::new)).isDeepEqualTo(before);
  }

  @Test
  void dropoutInAFrozenPrefix_isOff() {
    Executor head = training(HEAD);
    float[] one = head.step(batch(), "loss", 1).outputs().get("fc").toArray();
    float[] other = head.step(batch(), "loss", 2).outputs().get("fc").toArray();
    assertThat(one).isEqualTo(other);
  }

  @Test
  void dropoutBehindATrainableLayer_dependsOnTheKeyAlone() {
    Executor executor = training("conv.weight");
    Executor.Step one = executor.step(batch(), "loss", 1);
    float[] output = one.outputs().get("fc").toArray();
    float[] gradient = gradient(one, "conv.weight");
    Executor.Step again = executor.step(batch(), "loss", 1);
    assertThat(again.outputs().get("fc").toArray()).isEqualTo(output);
    assertThat(gradient(again, "conv.weight")).isEqualTo(gradient);
    Executor.Step other = executor.step(batch(), "loss", 2);
    assertThat(other.outputs().get("fc").toArray()).isNotEqualTo(output);
  }

  @Test
  void trainingOnVariables_leavesTheModelUntouched() {
    float[] before = model.weights().get("bn.running_mean").toArray();
    training("bn.weight").step(batch(), "loss", 1);
    assertThat(model.weights().get("bn.running_mean").toArray()).isEqualTo(before);
  }

  @Test
  void parameterBehindTheLoss_isAbsentFromTheGradients() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(2));
    String used = g.linear("used", x, 2);
    String aside = g.linear("aside", x, 2);
    String loss = g.node("loss", new MeanSquaredError(), used, x);
    Model two = g.build(aside, loss);
    Variables own = new Variables(backend, two.graph(), two.weights());
    Set<String> both = Set.of("used.weight", "aside.weight");
    Executor.Step step =
        executor(two.graph(), own, backend, both)
            .step(Map.of("x", Tensor.of(Shape.of(1, 2), 1, 2)), "loss", 1);
    assertThat(step.gradients()).containsOnlyKeys("used.weight");
  }

  @Test
  void wrongInputs_areRefusedByName() {
    Executor head = training(HEAD);
    assertThatThrownBy(() -> head.predict(Map.of("x", Tensor.zeros(Shape.of(1, 2, 4, 4)))))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("input target [N,3]");
    Map<String, Tensor> wrong =
        Map.of("x", Tensor.zeros(Shape.of(1, 3, 4, 4)), "target", Tensor.zeros(Shape.of(1, 3)));
    assertThatThrownBy(() -> head.predict(wrong))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("input x expects [N,2,4,4], found [1,3,4,4]");
    Map<String, Tensor> batches =
        Map.of("x", Tensor.zeros(Shape.of(2, 2, 4, 4)), "target", Tensor.zeros(Shape.of(1, 3)));
    assertThatThrownBy(() -> head.step(batches, "loss", 1))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("loss: ")
        .hasMessageContaining("[2,3]")
        .hasMessageContaining("[1,3]");
  }

  private float[] gradient(Executor.Step step, String name) {
    Tensor gradient = step.gradients().get(name);
    assertThat(gradient).as("gradient of %s", name).isNotNull();
    return gradient.download(backend);
  }
}
