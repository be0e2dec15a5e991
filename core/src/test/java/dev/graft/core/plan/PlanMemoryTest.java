package dev.graft.core.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.graft.core.backend.Backend;
import dev.graft.core.backend.plain.JavaBackend;
import dev.graft.core.backend.reference.ReferenceBackend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.GraphBuilder;
import dev.graft.core.graph.Model;
import dev.graft.core.graph.Role;
import dev.graft.core.op.Initializer;
import dev.graft.core.op.Window;
import dev.graft.core.op.loss.SoftmaxCrossEntropy;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.ShapeException;
import dev.graft.core.tensor.Tensor;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a plan says it takes, it takes: before the first step, and nothing afterwards. */
class PlanMemoryTest {

  private static Model network() {
    GraphBuilder g = new GraphBuilder(3);
    String x = g.input("x", Shape.of(3, 16, 16));
    String target = g.input("target", Shape.of(5));
    x = g.relu(g.batchNorm("bn1", g.conv("conv1", x, 8, Window.square(3, 1, 1), 1, false)));
    String y = g.batchNorm("bn2", g.conv("conv2", x, 8, Window.square(3, 1, 1), 1, false));
    x = g.relu(g.add(y, x));
    x = g.maxPool(g.conv("conv3", x, 16, Window.square(3, 2, 1)), Window.square(2, 2, 0));
    x = g.linear("fc", g.flatten(g.globalAveragePool(g.dropout(x, 0.2))), 5);
    return g.build(x, g.node("loss", new SoftmaxCrossEntropy(0.1), x, target));
  }

  private static Map<String, Tensor> batch(Graph graph, int size) {
    Map<String, Tensor> batch = new HashMap<>();
    graph.inputs().forEach(i -> batch.put(i.name(), Initializer.normal(1).draw(i.bind(size), 2)));
    return batch;
  }

  private static Map<String, Shape> shapes(Map<String, Tensor> batch) {
    Map<String, Shape> shapes = new HashMap<>();
    batch.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  @Test
  void peakBytes_areWhatIsAllocated_andNothingAfterwards() {
    for (long seed = 1; seed <= 60; seed++) {
      RandomNetwork network = new RandomNetwork(seed);
      Graph graph = network.model().graph();
      Set<String> trainable = network.trainable();
      Map<String, Tensor> batch = network.batch(2);
      CountingBackend counting = new CountingBackend(new ReferenceBackend());
      Backend backend = counting.proxy();
      Variables variables = new Variables(backend, graph, network.model().weights());
      Plan training = Planner.training(graph, backend, shapes(batch), trainable, "loss");
      Plan inference = Planner.inference(graph, backend, shapes(batch));

      long before = counting.elements;
      PlanExecutor executor = new PlanExecutor(graph, variables, backend, trainable);
      executor.step(batch, "loss", 1);
      assertThat(Double.BYTES * (counting.elements - before))
          .as("seed %d, training", seed)
          .isEqualTo(training.peakBytes());

      // Of its own: over the same variables the frozen weights would be packed already.
      Variables own = new Variables(backend, graph, network.model().weights());
      before = counting.elements;
      new PlanExecutor(graph, own, backend, trainable).predict(batch);
      assertThat(Double.BYTES * (counting.elements - before))
          .as("seed %d, inference", seed)
          .isEqualTo(inference.peakBytes());

      executor.predict(batch);
      before = counting.elements;
      trainable.forEach(variables::update);
      executor.step(batch, "loss", 2);
      executor.predict(batch);
      assertThat(counting.elements).as("seed %d, later", seed).isEqualTo(before);
    }
  }

  @Test
  void aDeviceThatGivesSmallPieces_computesTheSame() {
    Model model = network();
    Graph graph = model.graph();
    Set<String> trainable = new HashSet<>(graph.stored(Role.PARAMETER));
    Map<String, Tensor> batch = batch(graph, 4);
    CountingBackend small = new CountingBackend(new JavaBackend(1));
    // The largest map has 4 * 8 * 16 * 16 elements.
    small.largestPiece = 8192;
    Plan plan = Planner.training(graph, small.proxy(), shapes(batch), trainable, "loss");
    assertThat(plan.chunks()).hasSizeGreaterThan(3);
    float[][] found = new float[2][];
    Backend[] backends = {small.proxy(), new JavaBackend(1)};
    for (int i = 0; i < 2; i++) {
      Variables variables = new Variables(backends[i], graph, model.weights());
      PlanExecutor executor = new PlanExecutor(graph, variables, backends[i], trainable);
      executor.predict(batch);
      executor.step(batch, "loss", 3);
      Tensor gradient = executor.step(batch, "loss", 3).gradients().get("conv1.weight");
      found[i] = gradient.download(backends[i]);
    }
    assertThat(found[0]).isEqualTo(found[1]);
    small.largestPiece = 4096;
    assertThatThrownBy(
            () -> Planner.training(graph, small.proxy(), shapes(batch), trainable, "loss"))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("at most 4096 in one piece");
  }

  @Test
  void buffers_areUsedAgain() {
    GraphBuilder g = new GraphBuilder(1);
    String x = g.input("x", Shape.of(4, 8, 8));
    for (int i = 0; i < 20; i++) {
      x = g.relu(g.conv("conv" + i, x, 4, Window.square(1, 1, 0)));
    }
    Graph graph = g.build(x).graph();
    Plan plan = Planner.inference(graph, new JavaBackend(1), Map.of("x", Shape.of(1, 4, 8, 8)));
    // Twenty maps in turn take the place of two: one that is read, one that is written.
    assertThat(plan.arenaBytes()).isEqualTo(2L * 4 * 8 * 8 * Float.BYTES);
    assertThat(plan.steps()).as("20 convolutions, and reading the output").isEqualTo(21);
  }

  @Test
  void frozenPrefix_takesNoMoreThanItsWidestPlace() {
    Model model = network();
    Graph graph = model.graph();
    Map<String, Shape> shapes = shapes(batch(graph, 32));
    Backend backend = new JavaBackend(1);
    Set<String> head = Set.of("fc.weight", "fc.bias");
    Set<String> all = new HashSet<>(graph.stored(Role.PARAMETER));
    Plan frozen = Planner.training(graph, backend, shapes, head, "loss");
    Plan free = Planner.training(graph, backend, shapes, all, "loss");
    assertThat(frozen.backwardSteps()).isEqualTo(2);
    assertThat(frozen.arenaBytes()).isLessThan(free.arenaBytes() / 2);
    assertThat(frozen.folds()).isTrue();
    assertThat(free.folds()).isFalse();
  }

  @Test
  void aBatchThatDoesNotFit_isRefusedBeforeAnythingIsAllocated() {
    Model model = network();
    Graph graph = model.graph();
    CountingBackend counting = new CountingBackend(new JavaBackend(1));
    Backend backend = counting.proxy();
    Variables variables = new Variables(backend, graph, model.weights());
    PlanExecutor executor =
        new PlanExecutor(graph, variables, backend, Set.of("fc.weight", "fc.bias"));
    long before = counting.elements;
    long free = 4 << 20;
    counting.limit = free + before * Float.BYTES;
    assertThatThrownBy(() -> executor.predict(batch(graph, 4096)))
        .isInstanceOf(MemoryException.class)
        .hasMessageMatching("batch 4096 needs \\d+\\.\\d MiB, 4\\.0 MiB are free; batch \\d+ fits");
    assertThat(counting.elements).isEqualTo(before);

    int fits = fitting(graph, backend, free);
    assertThatThrownBy(() -> executor.predict(batch(graph, fits + 1)))
        .hasMessageEndingWith("; batch " + fits + " fits");
    executor.predict(batch(graph, fits));
    counting.limit = 1000;
    PlanExecutor other = new PlanExecutor(graph, variables, backend, Set.of());
    assertThatThrownBy(() -> other.predict(batch(graph, 2)))
        .hasMessageContaining("not even a batch of 1 fits");
  }

  @Test
  void packedWeights_areTakenOnce_forAllBatchSizes() {
    Model model = network();
    Graph graph = model.graph();
    CountingBackend counting = new CountingBackend(new JavaBackend(1));
    counting.packsProducts = true;
    Backend backend = counting.proxy();
    Variables variables = Variables.readOnly(backend, graph, model.weights());
    assertThat(counting.elements).as("weights that are there already").isZero();
    PlanExecutor executor = new PlanExecutor(graph, variables, backend, Set.of());
    PlanExecutor other = executor.sharing();
    PlanExecutor apart = new PlanExecutor(graph, variables, backend, Set.of());
    long expected = 0;
    for (int size = 1; size <= 8; size++) {
      Plan plan = Planner.inference(graph, backend, shapes(batch(graph, size)));
      assertThat(plan.packedBytes())
          .as("of the convolutions, with what is folded, and of the product")
          .isEqualTo(Float.BYTES * (8 * 27 + 8 + 8 * 72 + 8 + 16 * 72 + 16 * 5));
      expected += (size == 1 ? plan.packedBytes() : 0) + 3 * plan.arenaBytes();
      executor.predict(batch(graph, size));
      other.predict(batch(graph, size));
      apart.predict(batch(graph, size));
      assertThat(Float.BYTES * counting.elements).as("batch %d", size).isEqualTo(expected);
    }
  }

  @Test
  void weightsOfAModel_areReadWhereTheyAre_andNotWritten() {
    Model model = network();
    try (Backend backend = new JavaBackend(1)) {
      Variables variables = Variables.readOnly(backend, model.graph(), model.weights());
      Variables again = Variables.readOnly(backend, model.graph(), model.weights());
      assertThat(array(variables)).as("one memory for all").isSameAs(array(again));
      assertThatThrownBy(() -> model.weights().get("fc.weight").host())
          .as("but not for who would write")
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("toArray()");
      assertThatThrownBy(() -> variables.update("fc.weight"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("fc.weight");
    }
  }

  private static float[] array(Variables variables) {
    return variables.get("fc.weight").host().array();
  }

  @Test
  void aHeapThatTurnsOutToBeFull_isToldWithTheBatchThatFits() {
    Model model = network();
    Graph graph = model.graph();
    CountingBackend counting = new CountingBackend(new JavaBackend(1));
    Backend backend = counting.proxy();
    Variables variables = Variables.readOnly(backend, graph, model.weights());
    PlanExecutor executor = new PlanExecutor(graph, variables, backend, Set.of());
    counting.room = 1 << 20;
    assertThatThrownBy(() -> executor.predict(batch(graph, 256)))
        .isInstanceOf(MemoryException.class)
        .hasMessageMatching("batch 256 needs .* MiB, .* are free; batch \\d+ fits");
    executor.predict(batch(graph, 1));
  }

  /** A host's heap is its own: garbage in it is no reason to refuse, nor to collect it all. */
  @Test
  void askingWhatFits_collectsNothing_andCountsNoGarbage() {
    try (Backend backend = new JavaBackend(1)) {
      long before = backend.availableBytes(Long.MAX_VALUE);
      long collections = fullCollections();
      byte[][] garbage = new byte[8][];
      for (int i = 0; i < garbage.length; i++) {
        garbage[i] = new byte[4 << 20];
      }
      assertThat(backend.availableBytes(Long.MAX_VALUE)).isEqualTo(before);
      assertThat(garbage[7]).hasSize(4 << 20);
      assertThat(fullCollections()).isEqualTo(collections);
    }
  }

  private static long fullCollections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .filter(b -> b.getName().matches(".*(Old|MarkSweep).*"))
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static int fitting(Graph graph, Backend backend, long free) {
    int fits = 0;
    while (Planner.inference(graph, backend, shapes(batch(graph, fits + 1))).peakBytes() <= free) {
      fits++;
    }
    return fits;
  }

  @Test
  void moreThan2To31Elements_areRefusedWithTheLayersName() {
    Graph graph = network().graph();
    Map<String, Shape> huge =
        Map.of("x", Shape.of(2_000_000, 3, 16, 16), "target", Shape.of(2_000_000, 5));
    assertThatThrownBy(() -> Planner.inference(graph, new JavaBackend(1), huge))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith("conv1: ")
        .hasMessageContaining("2^31");
  }

  /** Of the calling thread, which does all the work where the backend has one. */
  @Test
  void steadyTrainingStep_allocatesNextToNothing() {
    Model model = network();
    Graph graph = model.graph();
    Set<String> trainable = new HashSet<>(graph.stored(Role.PARAMETER));
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Backend backend = new JavaBackend(1)) {
      Variables variables = new Variables(backend, graph, model.weights());
      Executor executor = new PlanExecutor(graph, variables, backend, trainable);
      Map<String, Tensor> batch = batch(graph, 16);
      for (int i = 0; i < 10; i++) {
        step(executor, variables, backend, batch, i);
      }
      int steps = 10;
      long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      for (int i = 0; i < steps; i++) {
        step(executor, variables, backend, batch, i);
      }
      long each =
          (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / steps;
      assertThat(each).isLessThan(64 << 10);
    }
  }

  private static void step(
      Executor executor, Variables variables, Backend backend, Map<String, Tensor> batch, int i) {
    executor
        .step(batch, "loss", i)
        .gradients()
        .forEach(
            (name, gradient) -> {
              Tensor weight = variables.update(name);
              int n = weight.shape().elements();
              backend.sgd(
                  n, 0.01, 0, false, 0, gradient.buffer(), gradient.buffer(), weight.buffer());
            });
  }

  @Test
  void aNormalisedActivation_isComputedAgain_ratherThanKept() {
    Model model = network();
    Graph graph = model.graph();
    Map<String, Tensor> batch = batch(graph, 2);
    Backend backend = new ReferenceBackend();
    Set<String> trainable = new HashSet<>(graph.stored(Role.PARAMETER));
    Executor tape =
        new EagerExecutor(
            graph, new Variables(backend, graph, model.weights()), backend, trainable);
    tape.step(batch, "loss", 1);
    Plan plan = Planner.training(graph, backend, shapes(batch), trainable, "loss");
    int relu = Float.BYTES * 2 * 8 * 16 * 16;
    assertThat(plan.savedBytes()).isEqualTo(tape.savedBytes() - relu);
  }
}
