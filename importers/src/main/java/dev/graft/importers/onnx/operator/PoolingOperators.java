package dev.graft.importers.onnx.operator;

import dev.graft.core.op.Window;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.pooling.GlobalAveragePool;
import dev.graft.core.op.pooling.GlobalMaxPool;
import dev.graft.core.op.pooling.MaxPool;
import dev.graft.importers.ImportException;
import java.util.List;

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
          OnnxOperator.plain(new GlobalMaxPool(), 1));

  private PoolingOperators() {}

  private static Window window(NodeCursor node) {
    List<Integer> kernel = WindowAttributes.integers(node, "kernel_shape", List.of());
    if (kernel.isEmpty()) {
      throw new ImportException("has no kernel_shape");
    }
    return WindowAttributes.read(node, kernel);
  }

  private static void readMax(NodeCursor node) {
    // storage_order is about the indices, which are not computed.
    node.emit(new MaxPool(window(node)), node.inputs(1));
  }

  private static void readAverage(NodeCursor node) {
    boolean padded = node.attributes().integer("count_include_pad", 0) != 0;
    node.emit(new AveragePool(window(node), padded), node.inputs(1));
  }

  private static void writeAverage(AveragePool pool, NodeWriter node) {
    WindowAttributes.writePooling(pool.window(), node);
    node.integer("count_include_pad", pool.countIncludePad() ? 1 : 0);
  }
}
