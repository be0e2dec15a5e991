package dev.graft.importers.onnx.operator;

import dev.graft.core.op.AutoPad;
import dev.graft.core.op.Window;
import dev.graft.core.op.layout.Reshape;
import dev.graft.core.op.pooling.AveragePool;
import dev.graft.core.op.reduction.ReduceMean;
import dev.graft.core.tensor.Shape;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import java.util.List;

/** Normalisations without parameters, which have become rare: made of other operations. */
final class ComposedNormalizations {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("LRN", ComposedNormalizations::readLocalResponse),
          OnnxOperator.of("LpNormalization", ComposedNormalizations::readLp).folds(FoldRule.FLOATS),
          OnnxOperator.of("MeanVarianceNormalization", ComposedNormalizations::readMeanVariance)
              .since(9)
              .folds(FoldRule.FLOATS));

  private ComposedNormalizations() {}

  /**
   * Krizhevsky et al., NeurIPS 2012: {@code x / (bias + alpha mean of x^2 over size
   * channels)^beta}, where channels beyond the ends are zeros. The mean is a pooling that slides
   * over the channels.
   */
  private static void readLocalResponse(NodeCursor node) {
    Shape x = node.shape(0);
    int size = node.integer("size", 0);
    if (size < 1 || x.rank() < 2) {
      throw new ImportException("has a size of " + size + " for " + x);
    }
    Attributes a = node.attributes();
    Window over =
        new Window(
            List.of(size, 1),
            List.of(1, 1),
            List.of(1, 1),
            List.of((size - 1) / 2, 0, size / 2, 0),
            AutoPad.NOTSET,
            false);
    Term planes = Term.of(new Reshape(List.of(0, 1, x.size(1), -1)), node.term(0).squared());
    Term means = Term.of(new AveragePool(over, true), planes);
    String mean = node.emitTerm(means);
    Term back = Term.of(ReshapeOperator.to(x.dims(), node.graph().shape(mean)), Term.of(mean));
    Term base = back.times(node.number(a.number("alpha", 1e-4))).plus(node.number(bias(a)));
    node.emit(node.term(0).over(base.power(node.number(a.number("beta", 0.75)))));
  }

  private static double bias(Attributes a) {
    return a.number("bias", 1);
  }

  /** {@code x / |x|_p} along an axis; zeros stay zeros. */
  private static void readLp(NodeCursor node) {
    List<Integer> axis = List.of(node.axis("axis", -1));
    node.shape(0).axis(axis.get(0));
    Term x = node.term(0);
    Term norm =
        switch (node.integer("p", 2)) {
          case 1 -> x.abs().sum(axis, true);
          case 2 -> x.squared().sum(axis, true).sqrt();
          default -> throw new ImportException("has p = " + node.integer("p", 2) + ", not 1 or 2");
        };
    node.emit(x.over(norm.equal(node.number(0)).choose(node.number(1), norm)));
  }

  /** {@code (x - mean) / deviation} over some axes, of a whole batch by default. */
  private static void readMeanVariance(NodeCursor node) {
    List<Integer> given = node.integers("axes");
    List<Integer> axes = given == null ? List.of(0, 2, 3) : given;
    Term x = node.term(0);
    Term centred = x.minus(Term.of(new ReduceMean(axes, true), x));
    Term variance = Term.of(new ReduceMean(axes, true), centred.squared());
    node.emit(centred.over(variance.sqrt().plus(node.number(1e-9))));
  }
}
