package dev.graft.tests.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.graft.core.GraftException;
import dev.graft.core.backend.Backend;
import dev.graft.core.backend.Backends;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.loss.MeanSquaredError;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolutions and pools with strides, kernels, pads and dilations that nobody wants and a damaged
 * file has: refused by the layer's name, or computed as the reference computes them, within memory
 * that the sizes account for.
 */
class AbsurdWindowsTest {

  private static final long SEED = Long.getLong("graft.contract.seed", 1);
  private static final int CASES = 400;

  /** The padded plane that is always supported, for each of a few phases and operands. */
  private static final long MOST_BYTES = 512L << 20;

  /** Window positions times taps that the reference computes in no time. */
  private static final double MOST_WORK = 1e5;

  /** Of a kernel whose weights are there. */
  private static final int LARGEST_STORED = 5;

  private final Random random = new Random(SEED);

  @ParameterizedTest
  @MethodSource("dev.graft.tests.backend.ContractBackends#names")
  void absurdWindow_isRefusedByName_orComputedRight(String name) {
    int computed = 0;
    int refused = 0;
    try (Backend backend = Backends.byName(name, 1);
        ReferenceBackend reference = new ReferenceBackend()) {
      for (int i = 0; i < CASES; i++) {
        String what = "seed " + SEED + ", case " + i;
        Model model;
        try {
          model = model();
        } catch (GraftException e) {
          assertThat(e).as(what).hasMessageMatching("(?s)window: .*");
          refused++;
          continue;
        }
        if (model != null) {
          compare(what, model, backend, reference);
          computed++;
        }
      }
    }
    assertThat(computed).as("cases that ran, seed %d", SEED).isGreaterThan(CASES / 8);
    assertThat(refused).as("cases that were refused, seed %d", SEED).isGreaterThan(CASES / 8);
  }

  /** A convolution, so that gradients have to pass the window, and the window; null if too slow. */
  private Model model() {
    GraphBuilder g = new GraphBuilder(SEED);
    int axes = 1 + random.nextInt(2);
    int channels = 1 + random.nextInt(3);
    int[] sizes = new int[axes + 1];
    sizes[0] = channels;
    for (int i = 1; i <= axes; i++) {
      sizes[i] = 1 + random.nextInt(9);
    }
    int kind = random.nextInt(4);
    Window window = window(axes, kind < 2);
    Window one = new Window(ones(axes), ones(axes), ones(axes), zeros(axes), AutoPad.NOTSET, false);
    String x = g.conv("first", g.input("x", Shape.of(sizes)), channels, one);
    String y =
        switch (kind) {
          case 0 -> g.node("window", new MaxPool(window), x);
          case 1 -> g.node("window", new AveragePool(window, random.nextBoolean()), x);
          case 2 -> g.conv("window", x, 2, window);
          default -> g.conv("window", x, channels, window, channels, true);
        };
    Shape shape = g.shape(y).axes(1, g.shape(y).rank());
    double work = shape.elements();
    for (int size : window.kernel()) {
      work *= size;
    }
    if (work > MOST_WORK) {
      return null;
    }
    String target = g.input("target", shape);
    return g.build(y, g.node("loss", new MeanSquaredError(), y, target));
  }

  private Window window(int axes, boolean pools) {
    return new Window(
        sizes(axes, pools ? Integer.MAX_VALUE : LARGEST_STORED, 1),
        sizes(axes, Integer.MAX_VALUE, 1),
        sizes(axes, Integer.MAX_VALUE, 1),
        sizes(2 * axes, Integer.MAX_VALUE, 0),
        AutoPad.values()[Math.max(0, random.nextInt(8) - 4)],
        pools && random.nextBoolean());
  }

  /** Mostly small ones, and now and then any number of bits. */
  private List<Integer> sizes(int count, int largest, int least) {
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int bits = random.nextInt(6) == 0 ? 31 - random.nextInt(28) : 2;
      int size = random.nextInt() & Integer.MAX_VALUE >>> 31 - bits;
      sizes.add(Math.min(largest, Math.max(least, size)));
    }
    return sizes;
  }

  private static List<Integer> ones(int count) {
    return Collections.nCopies(count, 1);
  }

  private static List<Integer> zeros(int axes) {
    return Collections.nCopies(2 * axes, 0);
  }

  private void compare(String what, Model model, Backend backend, Backend reference) {
    Map<String, Tensor> batch = new HashMap<>();
    model
        .graph()
        .inputs()
        .forEach(i -> batch.put(i.name(), Initializer.normal(1).draw(i.bind(2), random.nextInt())));
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    Map<String, float[]> found = results(model, batch, backend);
    long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(bytes).as("%s: bytes", what).isLessThan(MOST_BYTES);
    Map<String, float[]> right = results(model, batch, reference);
    right.forEach(
        (name, values) -> {
          float[] other = found.get(name);
          for (int i = 0; i < values.length; i++) {
            // Sums of a few dozen terms of order one, in two orders.
            assertThat(other[i])
                .as("%s: %s[%d] of %s", what, name, i, model.graph().nodes())
                .isCloseTo(values[i], within(1e-4f * (1 + Math.abs(values[i]))));
          }
        });
  }

  private static Map<String, float[]> results(
      Model model, Map<String, Tensor> batch, Backend backend) {
    Set<String> trainable = new HashSet<>(model.graph().stored().keySet());
    Variables variables = new Variables(backend, model.graph(), model.weights());
    PlanExecutor executor = new PlanExecutor(model.graph(), variables, backend, trainable);
    Map<String, float[]> results = new HashMap<>();
    executor.predict(batch).forEach((name, y) -> results.put(name, y.toArray()));
    Executor.Step step = executor.step(batch, model.graph().outputs().get(1), 1);
    step.gradients().forEach((name, dw) -> results.put("d" + name, dw.download(backend)));
    return results;
  }
}
