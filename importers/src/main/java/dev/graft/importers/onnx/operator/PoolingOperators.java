package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Op;
import dev.graft.core.op.Window;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Poolings. Those with a window are never carried out at import: their work is not bounded by what
 * they read.
 */
final class PoolingOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("MaxPool", PoolingOperators::readMax)
              .writes(MaxPool.class, (p, node) -> WindowAttributes.writePooling(p.window(), node)),
          OnnxOperator.of("AveragePool", PoolingOperators::readAverage)
              .writes(
                  AveragePool.class,
                  // Dilations came with opset 19.
                  p -> WindowAttributes.isDilated(p.window()) ? 19 : OnnxOperator.WRITTEN,
                  PoolingOperators::writeAverage),
          OnnxOperator.plain(new GlobalAveragePool(), 1),
          OnnxOperator.plain(new GlobalMaxPool(), 1),
          OnnxOperator.of("LpPool", PoolingOperators::readLp),
          OnnxOperator.of("GlobalLpPool", PoolingOperators::readGlobalLp).folds(FoldRule.FLOATS));

  private PoolingOperators() {}

  private static List<Integer> kernel(NodeCursor node) {
    List<Integer> kernel = WindowAttributes.integers(node, "kernel_shape", List.of());
    if (kernel.isEmpty()) {
      throw new ImportException("has no kernel_shape");
    }
    return kernel;
  }

  /** The pooling of {@code x} by the node's window. */
  private static Term pooled(NodeCursor node, Term x, Function<Window, Op> pooling) {
    List<Integer> kernel = kernel(node);
    return Volumes.isVolume(kernel)
        ? Volumes.pooled(node, x, kernel, pooling)
        : Term.of(pooling.apply(WindowAttributes.read(node, kernel)), x);
  }

  private static void readMax(NodeCursor node) {
    // storage_order is about the indices, which are not computed.
    node.emit(pooled(node, Term.of(node.input(0)), MaxPool::new));
  }

  private static void readAverage(NodeCursor node) {
    boolean padded = node.attributes().integer("count_include_pad", 0) != 0;
    node.emit(pooled(node, Term.of(node.input(0)), window -> new AveragePool(window, padded)));
  }

  /** {@code (Σ |x|^p)^(1/p)} over each window: a mean of powers, times the window's size. */
  private static void readLp(NodeCursor node) {
    if (node.attributes().integer("ceil_mode", 0) != 0) {
      throw new ImportException("ceil_mode is not supported");
    }
    int p = node.integer("p", 2);
    double count = kernel(node).stream().mapToDouble(size -> size).reduce(1, (a, b) -> a * b);
    Term mean = pooled(node, power(node, p), window -> new AveragePool(window, true));
    node.emit(root(node, p, mean.times(node.number(count))));
  }

  private static void readGlobalLp(NodeCursor node) {
    Shape x = node.shape(0);
    if (x.rank() < 3) {
      throw new ImportException("pools " + x + ", which has no spatial axes");
    }
    int p = node.integer("p", 2);
    List<Integer> spatial = IntStream.range(2, x.rank()).boxed().toList();
    node.emit(root(node, p, power(node, p).sum(spatial, true)));
  }

  private static Term power(NodeCursor node, double p) {
    if (p < 1) {
      throw new ImportException("has p = " + p + ", expected at least 1");
    }
    Term x = node.term(0);
    return p == 2 ? x.squared() : x.abs().power(node.number(p));
  }

  private static Term root(NodeCursor node, double p, Term sum) {
    return p == 2 ? sum.sqrt() : sum.power(node.number(1 / p));
  }

  private static void writeAverage(AveragePool pool, NodeWriter node) {
    WindowAttributes.writePooling(pool.window(), node);
    node.integer("count_include_pad", pool.countIncludePad() ? 1 : 0);
  }
}
