package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The plans of one graph over one set of variables, compiled when their shapes first appear. Some
 * are kept: a training run meets the full batch and a last smaller one, each to learn from and to
 * measure on; texts come in some thirty lengths. Executors for several threads share them, and with
 * them the packed weights.
 */
final class Plans {

  private static final int KEPT = 32;

  private final Graph graph;
  private final Variables variables;
  private final Backend backend;
  private final Set<String> trainable;
  private final Map<Map<String, Shape>, Integer> parts = new HashMap<>();
  private final Map<Key, Plan> kept = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param loss null in inference
   */
  private record Key(Map<String, Shape> inputs, @Nullable String loss) {}

  Plans(Graph graph, Variables variables, Backend backend, Set<String> trainable) {
    this.graph = graph;
    this.variables = variables;
    this.backend = backend;
    this.trainable = Set.copyOf(trainable);
  }

  Variables variables() {
    return variables;
  }

  Backend backend() {
    return backend;
  }

  /**
   * The plan for these inputs.
   *
   * @throws dev.graft.core.tensor.ShapeException if an input is missing or does not fit
   */
  synchronized Plan get(Map<String, Tensor> inputs, @Nullable String loss) {
    Key key = new Key(shapes(inputs), loss);
    Plan plan = kept.get(key);
    if (plan == null) {
      plan = compile(key.inputs(), loss);
      if (kept.size() >= KEPT) {
        kept.remove(kept.keySet().iterator().next());
      }
      kept.put(key, plan);
    }
    return plan;
  }

  /** Those of {@code inputs} that the graph has. */
  Map<String, Tensor> fed(Map<String, Tensor> inputs) {
    Map<String, Tensor> fed = new LinkedHashMap<>();
    for (InputSpec input : graph.inputs()) {
      Tensor tensor = inputs.get(input.name());
      if (tensor != null) {
        fed.put(input.name(), tensor);
      }
    }
    return fed;
  }

  /**
   * How many samples of these inputs to run at a time, see {@link BatchParts}; 0 for all of them.
   *
   * @throws dev.graft.core.tensor.ShapeException if an input is missing or does not fit
   */
  synchronized int part(Map<String, Tensor> inputs) {
    if (!backend.onHeap()) {
      return 0;
    }
    Map<String, Shape> shapes = shapes(inputs);
    Integer part = parts.get(shapes);
    if (part == null) {
      part = BatchParts.of(graph, shapes, fed -> compile(fed, null));
      if (parts.size() >= KEPT) {
        parts.clear();
      }
      parts.put(shapes, part);
    }
    return part;
  }

  /** Forgets all plans but one, so that their weights can be collected. */
  synchronized void keepOnly(Plan plan) {
    kept.values().removeIf(other -> other != plan);
  }

  private Plan compile(Map<String, Shape> inputs, @Nullable String loss) {
    return Planner.compile(graph, backend, inputs, loss == null ? Set.of() : trainable, loss);
  }

  private Map<String, Shape> shapes(Map<String, Tensor> inputs) {
    Map<String, Shape> shapes = new HashMap<>();
    for (InputSpec input : graph.inputs()) {
      Tensor fed = inputs.get(input.name());
      if (fed != null) {
        input.check(fed);
        shapes.put(input.name(), fed.shape());
      }
    }
    return shapes;
  }

  /** What to say where a plan needs more than {@code available} bytes. */
  MemoryException tooLarge(
      Map<String, Tensor> inputs, @Nullable String loss, long needed, long available) {
    Map<String, Shape> shapes = shapes(inputs);
    int batch =
        graph.inputs().stream()
            .filter(InputSpec::isBatched)
            .mapToInt(i -> shapes.get(i.name()).size(0))
            .max()
            .orElse(0);
    boolean onHeap = backend.onHeap();
    String problem = " " + Memory.problem(backend, needed, available) + "; ";
    if (batch <= 1) {
      return new MemoryException("the model" + problem + "use a smaller image", onHeap);
    }
    int fits = largest(shapes, batch, loss, available);
    return new MemoryException(
        "batch "
            + batch
            + problem
            + (fits == 0
                ? "not even a batch of 1 fits, use a smaller image"
                : "batch " + fits + " fits"),
        onHeap);
  }

  /** The largest batch below {@code batch} that fits; 0 if none does. */
  private int largest(Map<String, Shape> shapes, int batch, @Nullable String loss, long available) {
    int fits = 0;
    int tooLarge = batch;
    while (tooLarge - fits > 1) {
      int middle = fits + (tooLarge - fits) / 2;
      Map<String, Shape> smaller = new HashMap<>(shapes);
      for (InputSpec input : graph.inputs()) {
        Shape shape = shapes.get(input.name());
        if (input.isBatched() && shape.size(0) == batch) {
          smaller.put(input.name(), shape.with(0, middle));
        }
      }
      if (compile(smaller, loss).peakBytes() <= available) {
        fits = middle;
      } else {
        tooLarge = middle;
      }
    }
    return fits;
  }
}
