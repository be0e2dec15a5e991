package dev.graft.bench.gpu;

import dev.graft.core.backend.ConvGeometry;
import dev.graft.core.graph.Graph;
import dev.graft.core.graph.InputSpec;
import dev.graft.core.graph.Node;
import dev.graft.core.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a call must compute and move, by its sizes alone and not by the algorithm: Winograd's is not
 * credited with fewer operations, nor charged for its scratch memory.
 *
 * @param flops floating-point operations: a multiply-add is two
 * @param bytes of every operand read once and every result written once, at four a number
 */
record Cost(long flops, long bytes) {

  /** {@code C = A B} with {@code A [m,k]}, {@code B [k,n]}: {@code 2mnk} operations. */
  static Cost product(long m, long n, long k) {
    return new Cost(2 * m * n * k, Float.BYTES * (m * k + k * n + m * n));
  }

  /**
   * A convolution, or either of its gradients: each has the two others' operands for its own, and
   * as many multiply-adds, those with padding included.
   */
  static Cost convolution(ConvGeometry g) {
    long y = (long) g.batch() * g.outChannels() * g.outPlane();
    long x = (long) g.batch() * g.inChannels() * g.inPlane();
    long w = (long) g.outChannels() * g.patch();
    return new Cost(2 * y * g.patch(), Float.BYTES * (x + w + y));
  }

  /**
   * A network's convolutions and matrix products. Its element-wise layers are not counted, as
   * though each were fused into the product before it: their operations are few, and their traffic
   * is what an engine is there to avoid.
   */
  static Cost inference(Graph graph, int batch) {
    return sum(graph, batch, false);
  }

  /**
   * The same with backward: each product's gradients to its input and to its weights cost as much
   * as the product, but a product of the network's own input has no gradient to that. The update is
   * not counted.
   */
  static Cost trainingStep(Graph graph, int batch) {
    return sum(graph, batch, true);
  }

  private static Cost sum(Graph graph, int batch, boolean training) {
    Map<String, Shape> shapes = graph.shapes(batch);
    Set<String> fed = graph.inputs().stream().map(InputSpec::name).collect(Collectors.toSet());
    Cost total = new Cost(0, 0);
    for (Node node : graph.nodes()) {
      List<Shape> inputs = node.inputs().stream().map(shapes::get).toList();
      long multiplyAdds = node.op().multiplyAdds(inputs);
      if (multiplyAdds > 0) {
        long numbers =
            (long) inputs.get(0).elements()
                + inputs.get(1).elements()
                + shapes.get(node.output()).elements();
        Cost once = new Cost(2 * multiplyAdds, Float.BYTES * numbers);
        int times = !training ? 1 : fed.contains(node.inputs().get(0)) ? 2 : 3;
        total = total.plus(once.times(times));
      }
    }
    return total;
  }

  private Cost plus(Cost other) {
    return new Cost(flops + other.flops, bytes + other.bytes);
  }

  private Cost times(int n) {
    return new Cost(n * flops, n * bytes);
  }
}
