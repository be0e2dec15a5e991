package dev.graft.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Weights;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What transforms make of gradients, by hand. */
class TransformsTest {

  private final Map<String, Tensor> slots = new HashMap<>();
  private Backend backend;
  private Variables variables;

  @BeforeEach
  void open() {
    backend = new JavaBackend(1);
    GraphBuilder g = new GraphBuilder(1);
    Model model = g.build(g.linear("b", g.linear("a", g.input("x", Shape.of(1)), 1), 1));
    variables = new Variables(backend, model.graph(), model.weights());
    set("a.weight", 3);
    set("a.bias", 4);
    set("b.weight", 2);
    set("b.bias", 0);
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private void set(String name, float value) {
    Shape shape = variables.get(name).shape();
    variables.restore(Weights.of(Map.of(name, Tensor.of(shape, value))));
  }

  private StepGradients gradients(float aWeight, float aBias, float bWeight, float bBias) {
    Map<String, Tensor> tensors = new HashMap<>();
    tensors.put("a.weight", Tensor.of(Shape.of(1, 1), aWeight).upload(backend));
    tensors.put("a.bias", Tensor.of(Shape.of(1), aBias).upload(backend));
    tensors.put("b.weight", Tensor.of(Shape.of(1, 1), bWeight).upload(backend));
    tensors.put("b.bias", Tensor.of(Shape.of(1), bBias).upload(backend));
    return new StepGradients(backend, variables, tensors, slots);
  }

  @Test
  void relativeNorms_giveTheLargestTheWholeRate_byTheMeanOverSteps() {
    RelativeNorms norms =
        new RelativeNorms(List.of(List.of("a.weight", "a.bias"), List.of("b.weight", "b.bias")));
    // |g|/|w|: 5/5 and 1/2.
    StepGradients first = gradients(3, 4, 1, 0);
    norms.apply(first);
    assertThat(first.rateFactor("a.bias")).isEqualTo(1);
    assertThat(first.rateFactor("b.weight")).isCloseTo(0.5, within(1e-7));
    // Then 0/5 and 6/2: sums of 1 and 3.5.
    StepGradients second = gradients(0, 0, 6, 0);
    norms.apply(second);
    assertThat(second.rateFactor("a.weight")).isCloseTo(1 / 3.5, within(1e-7));
    assertThat(second.rateFactor("b.bias")).isEqualTo(1);
  }

  @Test
  void l2sp_pullsTowardsTheStart_andLeavesTheRestAlone() {
    Weights start =
        Weights.of(
            Map.of(
                "a.weight", Tensor.of(Shape.of(1, 1), 1f), "a.bias", Tensor.of(Shape.of(1), 4f)));
    StepGradients gradients = gradients(1, 1, 1, 1);
    gradients.scale(0.5);
    assertThat(new L2Sp(start, Set.of("a.weight", "a.bias"), 0.25).apply(gradients)).isTrue();
    assertThat(gradients.factor()).isEqualTo(1);
    // 0.5 * 1 + 0.25 (3 - 1); the bias is where it started.
    assertThat(gradients.tensors().get("a.weight").download(backend)).containsExactly(1f);
    assertThat(gradients.tensors().get("a.bias").download(backend)).containsExactly(0.5f);
    assertThat(gradients.tensors().get("b.weight").download(backend)).containsExactly(0.5f);
    assertThatThrownBy(() -> new L2Sp(start, Set.of(), 0)).hasMessageContaining("above 0");
  }
}
