package dev.graft.core.plan;

import dev.graft.core.backend.Backend;
import dev.graft.core.graph.FrozenPrefix;
import dev.graft.core.graph.Graph;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Training steps of a graph that begins with frozen layers, in two parts: these run as the
 * inference that they are, a few samples at a time (see {@link BatchParts}), and what follows is
 * trained on their features.
 */
final class FrozenTrunk {

  /** Features of a batch that take more are not worth the copy. */
  private static final long MOST_BYTES = 16L << 20;

  private final FrozenPrefix split;
  private final PlanExecutor prefix;
  private final PlanExecutor rest;
  private final Map<String, Tensor> features = new HashMap<>();
  private final Map<String, Tensor> fed = new HashMap<>();
  private Map<String, Shape> fedShapes = Map.of();
  private long bytes;

  private FrozenTrunk(FrozenPrefix split, PlanExecutor prefix, PlanExecutor rest) {
    this.split = split;
    this.prefix = prefix;
    this.rest = rest;
  }

  /** That of a graph; null where it begins with what is trained, or on a device of its own. */
  static @Nullable FrozenTrunk of(
      Graph graph, Variables variables, Backend backend, Set<String> trainable) {
    if (trainable.isEmpty() || !backend.onHeap()) {
      return null;
    }
    FrozenPrefix split = FrozenPrefix.of(graph, trainable);
    return split.isWorthwhile()
        ? new FrozenTrunk(
            split,
            PlanExecutor.reusingOutputs(split.prefix(), variables, backend),
            new PlanExecutor(split.rest(), variables, backend, trainable))
        : null;
  }

  /**
   * The samples that the frozen layers should run at a time; 0 where a step is better done at once.
   *
   * @throws dev.graft.core.tensor.ShapeException if an input is missing or does not fit
   */
  int part(Map<String, Tensor> inputs) {
    int part = prefix.part(inputs);
    if (part == 0) {
      return 0;
    }
    Map<String, Shape> shapes = new HashMap<>();
    split.prefix().inputs().forEach(i -> shapes.put(i.name(), inputs.get(i.name()).shape()));
    if (!shapes.equals(fedShapes)) {
      fedShapes = shapes;
      features.clear();
      Map<String, Shape> computed = split.prefix().shapes(shapes);
      bytes =
          split.features().keySet().stream()
              .mapToLong(feature -> (long) Float.BYTES * computed.get(feature).elements())
              .sum();
    }
    return bytes <= MOST_BYTES ? part : 0;
  }

  /**
   * {@link Executor#step}.
   *
   * @param part from {@link #part}
   */
  Executor.Step step(Map<String, Tensor> inputs, int part, String loss, long key) {
    prefix.predictParts(inputs, part, features);
    fed.clear();
    fed.putAll(inputs);
    fed.putAll(features);
    return rest.step(fed, loss, key);
  }

  int backwardSteps() {
    return rest.backwardSteps();
  }

  long savedBytes() {
    return rest.savedBytes();
  }

  /** Lets go of all memory. */
  void release() {
    prefix.release();
    rest.release();
    fedShapes = Map.of();
    features.clear();
    fed.clear();
  }
}
