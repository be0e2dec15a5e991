package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The tape is the oracle: on random networks under random freeze masks a compiled plan gives the
 * same outputs, gradients and running statistics, bit for bit. Only where a BatchNormalization is
 * folded into a convolution are the sums rounded in another order.
 */
class PlanAgainstTapeTest {

  /**
   * Folding changes each of a few hundred products and sums by a rounding error or two, and norms
   * and exponentials amplify that; in double 1e-16 becomes 1e-13 or so. In float it is 1e-7.
   */
  private static final double DOUBLE_TOLERANCE = 1e-9;

  private static final double FLOAT_TOLERANCE = 2e-3;

  @Test
  void onTheReferenceBackend() {
    int folded = 0;
    int recomputed = 0;
    for (long seed = 1; seed <= 300; seed++) {
      Comparison comparison = new Comparison(seed, new ReferenceBackend(), DOUBLE_TOLERANCE);
      folded += comparison.run() ? 1 : 0;
      recomputed += comparison.recomputes ? 1 : 0;
    }
    assertThat(recomputed).as("networks with something computed again").isBetween(10, 250);
    assertThat(folded).as("networks with something folded").isBetween(50, 250);
  }

  @Test
  void onTheJavaBackend() {
    for (long seed = 1001; seed <= 1060; seed++) {
      try (Backend backend = new JavaBackend(2)) {
        new Comparison(seed, backend, FLOAT_TOLERANCE).run();
      }
    }
  }

  /** One network, run by both through a few steps and predictions. */
  private static final class Comparison {
    private final long seed;
    private final Backend backend;
    private final double tolerance;
    private final RandomNetwork network;
    private final Graph graph;
    private final Set<String> trainable;
    private final Variables expectedVariables;
    private final Variables foundVariables;
    private final Executor expected;
    private final Executor found;
    private boolean folds;
    private boolean recomputes;

    Comparison(long seed, Backend backend, double tolerance) {
      this.seed = seed;
      this.backend = backend;
      this.tolerance = tolerance;
      this.network = new RandomNetwork(seed);
      this.graph = network.model().graph();
      this.trainable = network.trainable();
      this.expectedVariables = new Variables(backend, graph, network.model().weights());
      this.foundVariables = new Variables(backend, graph, network.model().weights());
      this.expected = new EagerExecutor(graph, expectedVariables, backend, trainable);
      this.found = new PlanExecutor(graph, foundVariables, backend, trainable);
    }

    /** Whether anything was folded. */
    boolean run() {
      int size = network.batchSize();
      predict(network.batch(size));
      for (int step = 0; step < 3; step++) {
        step(network.batch(step == 1 ? network.batchSize() : size), step);
        predict(network.batch(size));
      }
      return folds;
    }

    private void predict(Map<String, Tensor> batch) {
      folds |= Planner.inference(graph, backend, shapes(batch)).folds();
      same("prediction", expected.predict(batch), found.predict(batch));
    }

    private void step(Map<String, Tensor> batch, int key) {
      Plan plan = Planner.training(graph, backend, shapes(batch), trainable, RandomNetwork.LOSS);
      folds |= plan.folds();
      Executor.Step theirs = expected.step(batch, RandomNetwork.LOSS, key);
      Executor.Step ours = found.step(batch, RandomNetwork.LOSS, key);
      same("output", theirs.outputs(), ours.outputs());
      assertThat(new TreeSet<>(ours.gradients().keySet()))
          .as("seed %d: gradients", seed)
          .isEqualTo(new TreeSet<>(theirs.gradients().keySet()));
      theirs.gradients().forEach((n, t) -> same("gradient " + n, t, ours.gradients().get(n)));
      // Steps of the tape that lead nowhere are not in the plan.
      assertThat(found.backwardSteps()).isEqualTo(plan.backwardSteps());
      assertThat(found.backwardSteps()).isLessThanOrEqualTo(expected.backwardSteps());
      assertThat(found.savedBytes()).isLessThanOrEqualTo(expected.savedBytes());
      recomputes |= recomputes(plan);
      if (found.backwardSteps() == expected.backwardSteps() && !recomputes(plan)) {
        assertThat(found.savedBytes()).isEqualTo(expected.savedBytes());
      }
      for (String name : graph.stored().keySet()) {
        same("variable " + name, expectedVariables.get(name), foundVariables.get(name));
      }
      // Both move on from the same gradients, so that rounding differences do not pile up.
      theirs
          .gradients()
          .forEach(
              (name, gradient) -> {
                int n = gradient.shape().elements();
                if (finite(gradient)) {
                  for (Variables each : new Variables[] {expectedVariables, foundVariables}) {
                    backend.axpy(n, -0.1, gradient.buffer(), each.update(name).buffer());
                  }
                }
              });
    }

    private static boolean recomputes(Plan plan) {
      return plan.stepList().stream()
          .anyMatch(
              step ->
                  step instanceof RecomputeStep
                      || (step instanceof NormalizationStep norm && norm.again()));
    }

    private static Map<String, Shape> shapes(Map<String, Tensor> batch) {
      Map<String, Shape> shapes = new HashMap<>();
      batch.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
      return shapes;
    }

    private boolean finite(Tensor tensor) {
      for (double value : values(tensor)) {
        if (!Double.isFinite(value)) {
          return false;
        }
      }
      return true;
    }

    private void same(String what, Map<String, Tensor> theirs, Map<String, Tensor> ours) {
      assertThat(ours.keySet()).isEqualTo(theirs.keySet());
      theirs.forEach((name, tensor) -> same(what + " " + name, tensor, ours.get(name)));
    }

    private void same(String what, Tensor theirs, Tensor ours) {
      assertThat(ours.shape()).as("seed %d: shape of %s", seed, what).isEqualTo(theirs.shape());
      double[] wanted = values(theirs);
      double[] got = values(ours);
      if (!folds) {
        assertThat(got).as("seed %d: %s", seed, what).isEqualTo(wanted);
        return;
      }
      double scale = 1e-3;
      for (double value : wanted) {
        scale = Math.max(scale, Double.isFinite(value) ? Math.abs(value) : 0);
      }
      for (int i = 0; i < wanted.length; i++) {
        if (Double.isFinite(wanted[i])) {
          double allowed = tolerance * scale + (isHost(ours) ? Math.ulp((float) scale) : 0);
          assertThat(Math.abs(got[i] - wanted[i]))
              .as("seed %d: %s [%d]: %s, expected %s", seed, what, i, got[i], wanted[i])
              .isLessThanOrEqualTo(allowed);
        } else {
          assertThat((Double) got[i])
              .as("seed %d: %s [%d]", seed, what, i)
              .isEqualTo((Double) wanted[i]);
        }
      }
    }

    private boolean isHost(Tensor tensor) {
      return !(tensor.buffer() instanceof ReferenceBackend.DoubleBuffer);
    }

    private double[] values(Tensor tensor) {
      int n = tensor.shape().elements();
      if (!isHost(tensor)) {
        return ((ReferenceBackend) backend).values(tensor.buffer(), n);
      }
      float[] floats = tensor.download(new JavaBackend(1));
      double[] values = new double[n];
      for (int i = 0; i < n; i++) {
        values[i] = floats[i];
      }
      return values;
    }
  }
}
