package dev.graft.core.transfer.feature;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.Dataset;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.ElementType;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a frozen network makes of items. They always pass in chunks of one size, the last one filled
 * up: kernels may add in another order for another number of rows, and an item's features must not
 * depend on the batch it is met in, nor on whether they are cached.
 */
public final class FrozenFeatures {

  /** Items that pass at a time. */
  static final int CHUNK = 16;

  private final Graph graph;
  private final Executor executor;
  private final Set<String> shared;

  /**
   * @param graph the frozen network
   * @param variables its weights, on {@code backend}
   * @param shared what it reads and is handed on all the same
   */
  public FrozenFeatures(Graph graph, Variables variables, Backend backend, Set<String> shared) {
    this.graph = graph;
    this.shared = Set.copyOf(shared);
    this.executor = new PlanExecutor(graph, variables, backend, Set.of());
  }

  /** The graph's outputs (in their order), then the fields of {@code source} that are handed on. */
  List<Dataset.Field> fields(Dataset source) {
    Map<String, Shape> shapes = graph.shapes(Examples.shapes(source, 1));
    List<Dataset.Field> fields = new ArrayList<>();
    for (String output : graph.outputs()) {
      int[] sizes = shapes.get(output).toArray();
      int[] item = Arrays.copyOfRange(sizes, 1, sizes.length);
      fields.add(new Dataset.Field(output, Shape.of(item)));
    }
    source.fields().stream().filter(f -> handsOn(f.name())).forEach(fields::add);
    return fields;
  }

  private boolean handsOn(String name) {
    return shared.contains(name)
        || graph.inputs().stream().map(InputSpec::name).noneMatch(name::equals);
  }

  /** The batch with the features in place of what they are made of. */
  public Batch of(Batch batch) {
    Map<String, Tensor> made = new LinkedHashMap<>();
    for (int first = 0; first < batch.size(); first += CHUNK) {
      int count = Math.min(CHUNK, batch.size() - first);
      Map<String, Tensor> fed = new LinkedHashMap<>();
      for (InputSpec input : graph.inputs()) {
        fed.put(input.name(), chunk(batch.get(input.name()), first, count));
      }
      for (Map.Entry<String, Tensor> output : executor.predict(fed).entrySet()) {
        Shape whole = output.getValue().shape().with(0, batch.size());
        Tensor joined = made.computeIfAbsent(output.getKey(), name -> Tensor.zeros(whole));
        copy(output.getValue(), 0, joined, first, count);
      }
    }
    batch
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (handsOn(name)) {
                made.put(name, tensor);
              }
            });
    return new Batch(batch.indices(), made);
  }

  /** {@code count} rows, and the first of them again until the chunk is full. */
  private static Tensor chunk(Tensor rows, int first, int count) {
    Shape shape = rows.shape().with(0, CHUNK);
    if (rows.type() != ElementType.FLOAT32) {
      int size = shape.elements() / CHUNK;
      long[] from = rows.toLongs();
      long[] whole = new long[shape.elements()];
      for (int row = 0; row < CHUNK; row++) {
        int source = row < count ? first + row : first;
        System.arraycopy(from, source * size, whole, row * size, size);
      }
      return Tensor.whole(rows.type(), shape, whole);
    }
    Tensor chunk = Tensor.zeros(shape);
    copy(rows, first, chunk, 0, count);
    for (int row = count; row < CHUNK; row++) {
      copy(rows, first, chunk, row, 1);
    }
    return chunk;
  }

  private static void copy(Tensor from, int fromRow, Tensor to, int toRow, int rows) {
    int size = from.shape().elements() / from.shape().size(0);
    System.arraycopy(
        from.host().array(),
        from.host().offset() + fromRow * size,
        to.host().array(),
        to.host().offset() + toRow * size,
        rows * size);
  }
}
