package dev.graft.importers.onnx.operator;

import dev.graft.core.op.linear.Gemm;
import dev.graft.core.op.linear.MatMul;
import dev.graft.importers.graph.FoldRule;
import java.util.List;

/** Products of matrices. */
final class ProductOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.plain(new MatMul(), 2).ofAnyRank(),
          OnnxOperator.of("Gemm", ProductOperators::readGemm)
              .folds(FoldRule.FLOATS)
              .writes(Gemm.class, ProductOperators::writeGemm));

  private ProductOperators() {}

  private static void readGemm(NodeCursor node) {
    Attributes a = node.attributes();
    node.emit(
        new Gemm(
            a.number("alpha", 1),
            a.number("beta", 1),
            a.integer("transA", 0) != 0,
            a.integer("transB", 0) != 0),
        node.inputs(3));
  }

  private static void writeGemm(Gemm gemm, NodeWriter node) {
    node.number("alpha", gemm.alpha());
    node.number("beta", gemm.beta());
    node.integer("transA", gemm.transposeA() ? 1 : 0);
    node.integer("transB", gemm.transposeB() ? 1 : 0);
  }
}
