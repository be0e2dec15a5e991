package dev.graft.core.transfer;

import dev.graft.core.backend.Backend;
import dev.graft.core.data.Batch;
import dev.graft.core.data.BatchIterator;
import dev.graft.core.data.Batches;
import dev.graft.core.data.Dataset;
import dev.graft.core.data.TensorDataset;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.plan.Executor;
import dev.graft.core.plan.PlanExecutor;
import dev.graft.core.plan.Variables;
import dev.graft.core.tensor.Shape;
import dev.graft.core.tensor.Tensor;
import dev.graft.core.train.Cancellation;
import dev.graft.core.train.TrainEvent;
import dev.graft.core.train.TrainListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs every picture of a data set through a frozen network once and keeps what comes out in
 * memory: the features a head is trained on, or what a teacher says.
 */
final class FeatureCache {

  /** Pictures that pass at a time; the results do not depend on it. */
  private static final int BATCH = 16;

  private final Graph graph;
  private final Executor executor;
  private final int threads;
  private final TrainListener listener;
  private final Cancellation cancellation;

  /**
   * @param graph the frozen network
   * @param variables its weights, on {@code backend}
   */
  FeatureCache(
      Graph graph,
      Variables variables,
      Backend backend,
      int threads,
      TrainListener listener,
      Cancellation cancellation) {
    this.graph = graph;
    this.executor = new PlanExecutor(graph, variables, backend, Set.of());
    this.threads = threads;
    this.listener = listener;
    this.cancellation = cancellation;
  }

  /**
   * What came out.
   *
   * @param dataset the graph's outputs (in their order), then the fields the graph does not read,
   *     of every item that could be read
   * @param indices which items of the source these are
   * @param unreadable name and cause of the others
   */
  record Filled(TensorDataset dataset, int[] indices, Map<String, String> unreadable) {}

  /**
   * Fills the cache.
   *
   * @param name of this work in events
   * @throws dev.graft.core.data.DataException if more than a tenth of the items cannot be read
   */
  Filled fill(String name, String note, Dataset source) {
    listener.on(new TrainEvent.Started(name, note, source.size()));
    List<Dataset.Field> fields = fields(source);
    List<List<float[]>> items = new ArrayList<>();
    int[] indices = new int[source.size()];
    Map<String, String> unreadable;
    try (Batches batches = new Batches(source, BATCH, threads);
        BatchIterator pass = batches.inOrder()) {
      while (cancellation.goesOnWith(pass)) {
        Batch batch = pass.next();
        Map<String, Tensor> all = new HashMap<>(batch.tensors());
        all.putAll(executor.predict(batch.tensors()));
        for (int row = 0; row < batch.size(); row++) {
          indices[items.size()] = batch.indices()[row];
          items.add(item(fields, all, row));
        }
        listener.on(new TrainEvent.Progress(name, items.size()));
      }
      unreadable = batches.unreadable();
    }
    int[] kept = Arrays.copyOf(indices, items.size());
    listener.on(new TrainEvent.Ended(name, items.size() + " pictures"));
    return new Filled(
        new TensorDataset(fields, items, i -> source.name(kept[i])), kept, unreadable);
  }

  private List<Dataset.Field> fields(Dataset source) {
    List<String> read = graph.inputs().stream().map(InputSpec::name).toList();
    Map<String, Shape> shapes = graph.shapes(1);
    List<Dataset.Field> fields = new ArrayList<>();
    for (String output : graph.outputs()) {
      int[] sizes = shapes.get(output).toArray();
      int[] item = Arrays.copyOfRange(sizes, 1, sizes.length);
      fields.add(new Dataset.Field(output, Shape.of(item)));
    }
    source.fields().stream().filter(f -> !read.contains(f.name())).forEach(fields::add);
    return fields;
  }

  private static List<float[]> item(
      List<Dataset.Field> fields, Map<String, Tensor> tensors, int row) {
    List<float[]> item = new ArrayList<>();
    for (Dataset.Field field : fields) {
      int size = field.item().elements();
      float[] values = tensors.get(field.name()).host().array();
      item.add(Arrays.copyOfRange(values, row * size, (row + 1) * size));
    }
    return item;
  }
}
