package dev.graft.importers.onnx.operator;

import dev.graft.core.op.linear.Attention;
import java.util.List;

/**
 * Attention as files had it before opset 23, which few programs read: heads taken apart, two
 * products with a softmax between them, heads put together.
 */
final class AttentionWriter {

  private static final List<Integer> BY_HEAD = List.of(0, 2, 1, 3);
  private static final List<Integer> BY_HEAD_TRANSPOSED = List.of(0, 2, 3, 1);

  private AttentionWriter() {}

  static void write(Attention op, NodeWriter node) {
    String heads = node.stored("heads", List.of(0, 0, op.heads(), -1));
    String q = node.transposed(BY_HEAD, node.before("Reshape", node.read(0), heads));
    String k = node.transposed(BY_HEAD_TRANSPOSED, node.before("Reshape", node.read(1), heads));
    String v = node.transposed(BY_HEAD, node.before("Reshape", node.read(2), heads));
    String products = node.before("MatMul", q, k);
    String scores = node.before("Mul", products, node.stored("scale", op.scale()));
    String masked = node.has(3) ? node.before("Add", scores, node.read(3)) : scores;
    // Along the last axis, which is the default from opset 13 on.
    String mixed = node.before("MatMul", node.before("Softmax", masked), v);
    String joined = node.stored("joined", List.of(0, 0, -1));
    node.becomes("Reshape", node.transposed(BY_HEAD, mixed), joined);
  }
}
