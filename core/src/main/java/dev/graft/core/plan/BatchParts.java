package dev.graft.core.plan;

import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.SampleAxes;
import dev.graft.core.tensor.Fact;
import dev.graft.core.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How many samples of a batch to run through the whole network at a time. Layer by layer, a large
 * batch streams every activation through memory; a part whose activations stay in the cache reads
 * the weights more often instead. Chosen by shapes alone.
 */
final class BatchParts {

  /** What activations should fit into: half of the last level of cache that a few cores share. */
  private static final long CACHE = 16L << 20;

  private BatchParts() {}

  /**
   * The samples of a part, a divisor of the batch; 0 where parts do not pay or a sample's result
   * could depend on another sample.
   *
   * @param inputs shape of every input
   * @param compile the plan of an inference for given input shapes
   * @throws dev.graft.core.tensor.ShapeException if an input is missing or does not fit
   */
  static int of(
      Graph graph, Map<String, Shape> inputs, Function<Map<String, Shape>, Plan> compile) {
    Map<String, Fact> facts = graph.facts(inputs);
    int batch = batch(graph, inputs);
    SampleAxes samples = SampleAxes.of(graph);
    if (batch < 2
        || !graph.outputs().stream()
            .allMatch(output -> samples.of(output) == 0 && facts.get(output).isFloat())) {
      return 0;
    }
    Plan one = compile.apply(with(graph, inputs, 1));
    long sample = Math.max(1, one.arenaBytes());
    if (sample * batch <= CACHE || sample > CACHE) {
      return 0;
    }
    int part = (int) (CACHE / sample);
    while (batch % part != 0) {
      part--;
    }
    return one.weightBytes() / part <= one.trafficBytes() ? part : 0;
  }

  /** The size of all batched inputs; 0 if there is none or they differ. */
  private static int batch(Graph graph, Map<String, Shape> inputs) {
    Set<Integer> sizes = new HashSet<>();
    for (InputSpec input : graph.inputs()) {
      sizes.add(input.isBatched() ? inputs.get(input.name()).size(0) : 0);
    }
    return sizes.size() == 1 ? sizes.iterator().next() : 0;
  }

  private static Map<String, Shape> with(Graph graph, Map<String, Shape> inputs, int samples) {
    Map<String, Shape> shapes = new HashMap<>();
    graph.inputs().forEach(i -> shapes.put(i.name(), inputs.get(i.name()).with(0, samples)));
    return shapes;
  }
}
