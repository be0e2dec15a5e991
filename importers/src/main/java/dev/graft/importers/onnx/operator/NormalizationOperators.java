package dev.graft.importers.onnx.operator;

import dev.graft.core.op.normalization.BatchNormalization;
import dev.graft.core.op.normalization.Dropout;
import dev.graft.importers.ImportException;
import dev.graft.importers.graph.FoldRule;
import dev.graft.importers.graph.WholeNumbers;
import java.util.List;

/** What differs between training and inference: files are read for inference. */
final class NormalizationOperators {

  static final List<OnnxOperator> ALL =
      List.of(
          OnnxOperator.of("BatchNormalization", NormalizationOperators::readBatch)
              .folds(FoldRule.FLOATS)
              .writes(BatchNormalization.class, NormalizationOperators::writeBatch),
          OnnxOperator.of("Dropout", NormalizationOperators::readDropout)
              .ofAnyRank()
              .folds(FoldRule.MOVES)
              .writes(Dropout.class, NormalizationOperators::writeDropout));

  private NormalizationOperators() {}

  private static void readBatch(NodeCursor node) {
    Attributes a = node.attributes();
    if (a.integer("spatial", 1) == 0) {
      throw new ImportException("spatial = 0 (statistics of every position) is not supported");
    }
    if (a.integer("training_mode", 0) != 0) {
      node.graph().warn(node.name() + ": exported in training mode, read for inference");
    }
    node.emit(
        new BatchNormalization(a.number("epsilon", 1e-5), a.number("momentum", 0.9), false),
        node.inputs(5));
  }

  private static void writeBatch(BatchNormalization norm, NodeWriter node) {
    if (norm.training()) {
      throw node.inTraining();
    }
    node.number("epsilon", norm.epsilon());
    node.number("momentum", norm.momentum());
  }

  /** The ratio is an attribute before opset 12, then an input, beside which mode it runs in. */
  private static void readDropout(NodeCursor node) {
    double ratio = node.opset() < 12 ? node.attributes().number("ratio", 0.5) : node.scalar(1, 0.5);
    WholeNumbers training = node.has(2) ? node.graph().integers(node.input(2)) : null;
    if (training != null && training.size() == 1 && !training.get(0).is(0)) {
      node.graph().warn(node.name() + ": exported in training mode, read for inference");
    }
    node.emit(new Dropout(ratio, false), node.first());
  }

  private static void writeDropout(Dropout dropout, NodeWriter node) {
    if (dropout.active()) {
      throw node.inTraining();
    }
    node.input("ratio", dropout.ratio());
  }
}
