package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.Window;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A profile tells of every step what it is, how much it has to do, and how long it took. */
class ProfileTest {

  @Test
  void profile_namesFusedStepsByTheirLastNode() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(2, 8, 8));
    Model model = g.build(g.softmax(g.flatten(g.relu(g.conv("c", x, 3, Window.square(3, 1, 0))))));
    Profile profile = profile(model, Shape.of(1, 2, 8, 8));
    assertThat(profile.steps())
        .extracting(StepTime::work)
        .containsExactly("Conv+Relu", "Softmax", "outputs");
    assertThat(profile.steps().get(0).layer()).isEqualTo("relu1");
    assertThat(profile.passes()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void multiplyAddsAndBytes_areThoseOfTheSizes() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(2, 8, 8));
    Model model = g.build(g.relu(g.conv("c", x, 3, Window.square(1, 1, 0))));
    Profile profile = profile(model, Shape.of(1, 2, 8, 8));
    StepTime conv = profile.steps().get(0);
    assertThat(conv.multiplyAdds()).isEqualTo(3 * 2 * 64);
    // Input, output, and weights and bias, which may be packed into whole tiles.
    assertThat(conv.bytes()).isBetween(4L * (2 * 64 + 3 * 64 + 3 * 2), 4L * 1000);
    assertThat(conv.seconds()).isPositive();
    assertThat(conv.gigaflops()).isPositive();
  }

  private static Profile profile(Model model, Shape shape) {
    try (Backend backend = new JavaBackend(1)) {
      Variables variables = new Variables(backend, model.graph(), model.weights());
      PlanExecutor executor = new PlanExecutor(model.graph(), variables, backend, Set.of());
      return executor.profile(Map.of("x", Tensor.zeros(shape)), Duration.ZERO);
    }
  }
}
